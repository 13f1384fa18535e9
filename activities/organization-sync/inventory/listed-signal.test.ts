import { expect, it } from 'vitest';
import { ListedSignal } from './listed-signal.ts';

it('E4: the listing is signalled every 200 ms in the first 3 s, then once a second', async () => {
  let clock = 0;
  let listed = 20;
  const times: number[] = [];
  const signal: ListedSignal = new ListedSignal({
    send: async () => void times.push(clock),
    now: () => clock,
    pause: async (milliseconds) => {
      clock += milliseconds;
      listed += 20;
      if (clock <= 8_000) signal.announce(listed);
    },
  });
  signal.announce(listed);
  await signal.finish();
  const early = Array.from({ length: 16 }, (_, index) => index * 200);
  expect(times).toEqual([...early, 4_000, 5_000, 6_000, 7_000, 8_000]);
});

it('E4: the end of the listing is signalled at once', async () => {
  const sent: number[] = [];
  const signal = new ListedSignal({
    send: async (upTo) => void sent.push(upTo),
    now: () => 0,
    // Ends only by the abort.
    pause: async (_milliseconds, ending) => {
      if (!ending.aborted) await new Promise((resolve) => ending.addEventListener('abort', resolve, { once: true }));
    },
  });
  signal.announce(20);
  signal.announce(127);
  await signal.finish();
  expect(sent).toEqual([20, 127]);
});
