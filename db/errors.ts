import { DrizzleQueryError } from 'drizzle-orm';

interface PostgresFault {
  code: string;
  constraint_name?: string;
}

function postgresFault(error: unknown): PostgresFault | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^[0-9A-Z]{5}$/.test(cause.code)) return cause as Error & PostgresFault;
  }
  return null;
}

/** The unique constraint that a failed write ran into, or null when the write failed for another reason. */
export function violatedUnique(error: unknown): string | null {
  const fault = postgresFault(error);
  return fault?.code === '23505' ? (fault.constraint_name ?? '') : null;
}

/**
 * True when the database could not be reached or gave up serving (connection lost, starting up, shutting down, too
 * many connections), or undid what was asked because it met another transaction (a deadlock, a serialization failure):
 * the same call may succeed later.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (/^(08...|57P0[1-3]|53300|40P01|40001)$/.test(code)) return true;
    if (
      /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECTION_DESTROYED|CONNECT_TIMEOUT)$/.test(
        code,
      )
    )
      return true;
  }
  return false;
}

/** True for everything that a query can fail with. */
export function isDatabaseError(error: unknown): boolean {
  return postgresFault(error) !== null || isDatabaseUnavailable(error) || error instanceof DrizzleQueryError;
}

/** What may be logged of a database error: a DrizzleQueryError as a whole carries the query's parameters. */
export function describeDatabaseError(error: unknown): string {
  const fault = postgresFault(error);
  if (fault) return `Postgres error ${fault.code}${fault.constraint_name ? ` on ${fault.constraint_name}` : ''}`;
  return error instanceof Error ? error.name : 'unknown error';
}
