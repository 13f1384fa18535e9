/** A range of account numbers, both ends included. */
export interface NumberRange {
  from: number;
  to: number;
}

/** Divides the numbers 1 to `last` into ranges of this size. The last range may be shorter. */
export function* rangesUpTo(last: number, size: number): Generator<NumberRange> {
  for (let from = 1; from <= last; from += size) yield { from, to: Math.min(from + size - 1, last) };
}
