import { describe, expect, it } from 'vitest';
import { nextRun } from './intervals.ts';

const now = new Date('2027-01-01T10:07:00.000Z');

describe('C5: the next scheduled run', () => {
  it("is the schedule's own time if that is still to come", () => {
    const known = new Date('2027-01-01T10:09:30.000Z');
    expect(nextRun(known, 60, now)).toEqual(known);
  });

  it.each([
    ['while nobody has read the schedule', null],
    ['after the time passed and before the next is copied', new Date('2027-01-01T10:04:00.000Z')],
    ['at the very time', now],
  ])('is the next multiple of the interval %s', (_when, known) => {
    expect(nextRun(known, 60, now)).toEqual(new Date('2027-01-01T11:00:00.000Z'));
    expect(nextRun(known, 5, now)).toEqual(new Date('2027-01-01T10:10:00.000Z'));
  });
});
