/** The composite signals, with the signals that they depend on. */
const sourcesOf = new WeakMap<AbortSignal, readonly AbortSignal[]>();

/**
 * A signal that is aborted with the first of the given signals. Use it instead of `AbortSignal.any`, which holds its sources
 * weakly: on Node 20 a source that nothing else holds is collected and never aborts.
 */
export function anySignal(...sources: AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any(sources);
  sourcesOf.set(signal, sources);
  return signal;
}

/** A signal that is aborted after a time, unless it is cleared first. */
export interface Deadline {
  signal: AbortSignal;
  clear(): void;
}

/** Starts a deadline. Use it instead of `AbortSignal.timeout`, whose timer holds its signal weakly and cannot be cleared. */
export function startDeadline(milliseconds: number): Deadline {
  const late = new AbortController();
  const reason = new DOMException(`The operation did not end within ${milliseconds} ms.`, 'TimeoutError');
  const timer = setTimeout(() => late.abort(reason), milliseconds);
  return { signal: late.signal, clear: () => clearTimeout(timer) };
}

/** Runs work with a signal that is aborted after a time, or with the first of `others`. Clears the timer when the work ends. */
export async function withDeadline<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
  ...others: AbortSignal[]
): Promise<Result> {
  const deadline = startDeadline(milliseconds);
  try {
    return await work(others.length === 0 ? deadline.signal : anySignal(deadline.signal, ...others));
  } finally {
    deadline.clear();
  }
}
