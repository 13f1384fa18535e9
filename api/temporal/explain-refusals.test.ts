import { expect, it, vi } from 'vitest';
import { createFakeWorkflows } from '../../test/support/api/fake-workflows.ts';
import { explainRefusals } from './explain-refusals.ts';

it('S6: a failed readiness check is explained, at most once a minute', async () => {
  vi.useFakeTimers();
  const fake = createFakeWorkflows();
  const explained: unknown[] = [];
  const workflows = explainRefusals(fake, async (error) => void explained.push(error));
  await workflows.ping();
  expect(explained).toEqual([]);
  fake.isReachable = false;
  for (let check = 0; check < 5; check += 1) await expect(workflows.ping()).rejects.toThrow('unreachable');
  expect(explained).toEqual([new Error('unreachable')]);
  vi.advanceTimersByTime(60_000);
  await expect(workflows.ping()).rejects.toThrow('unreachable');
  expect(explained).toHaveLength(2);
  vi.useRealTimers();
});
