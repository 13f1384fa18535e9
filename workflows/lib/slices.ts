import { patched } from '@temporalio/workflow';
import { rangesUpTo, type NumberRange } from './ranges.ts';
import { together } from './together.ts';

/** How the accounts of a piece of work are divided. */
export interface Slicing {
  /** The accounts of a slice. */
  sliceSize: number;
  /** The slices that are written at the same time. */
  slicesAtOnce: number;
}

/**
 * Works on the accounts 1 to `last` in slices, several at the same time, because no two slices write the same rows. Runs of older
 * versions continue one slice after the other.
 */
export async function forEachSlice(
  last: number,
  { sliceSize, slicesAtOnce }: Slicing,
  work: (range: NumberRange) => Promise<void>,
): Promise<void> {
  const ranges = rangesUpTo(last, sliceSize);
  // A single slice needs no marker in its history.
  const lanes = last > sliceSize && patched('slices-side-by-side') ? slicesAtOnce : 1;
  const lane = async () => {
    for (let next = ranges.next(); !next.done; next = ranges.next()) await work(next.value);
  };
  if (lanes === 1) await lane();
  else await together(Array.from({ length: lanes }, () => lane));
}
