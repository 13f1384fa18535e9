import { describeDatabaseError, isDatabaseError } from '../db/errors.ts';

/** What may be logged of an error that came out of a database or AWS call: never query parameters. */
export function describeError(error: unknown): string {
  if (isDatabaseError(error)) return describeDatabaseError(error);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
