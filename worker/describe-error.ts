import { describeDatabaseError, isDatabaseError } from '../db/errors.ts';

/** Describes an error of a database or AWS call for logs, without query parameters. */
export function describeError(error: unknown): string {
  if (isDatabaseError(error)) return describeDatabaseError(error);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
