import { describe, expect, it } from 'vitest';
import { mustHoldRemovals } from './removal-guard.ts';

describe('O17: more than a tenth of the clouds, and more than five', () => {
  it.each([
    [0, 0, false],
    [5, 6, false],
    [6, 6, true],
    [6, 59, true],
    [6, 60, false],
    [7, 60, true],
    [10, 100, false],
    [11, 100, true],
    [5_000, 50_000, false],
    [5_001, 50_000, true],
  ])('%i of %i', (removals, clouds, held) => expect(mustHoldRemovals(removals, clouds)).toBe(held));
});

describe('A12 O17: all clouds of the organization, even if these are few', () => {
  it.each([
    [1, 1, true],
    [5, 5, true],
    [1, 2, false],
    [4, 5, false],
    // A cloud left by another way after the count.
    [3, 2, true],
  ])('%i of %i', (removals, clouds, held) => expect(mustHoldRemovals(removals, clouds)).toBe(held));
});
