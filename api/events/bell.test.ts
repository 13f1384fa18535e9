import { expect, it } from 'vitest';
import { Bell } from './bell.ts';

it('several rings before a wait count as one, so that nothing piles up for a slow consumer', async () => {
  const bell = new Bell();
  for (let index = 0; index < 1_000; index += 1) bell.ring();
  expect(await bell.wait(1)).toBe(true);
  expect(await bell.wait(1)).toBe(false);
});

it('a ring wakes the waiting consumer', async () => {
  const bell = new Bell();
  setTimeout(() => bell.ring(), 5);
  expect(await bell.wait(10_000)).toBe(true);
});
