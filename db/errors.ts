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

/** The name of the unique constraint that a write violated; null if the write failed for another reason. */
export function violatedUnique(error: unknown): string | null {
  const fault = postgresFault(error);
  return fault?.code === '23505' ? (fault.constraint_name ?? '') : null;
}

/**
 * True if the same call may succeed later: the database was unreachable or not serving (connection lost, starting up,
 * shutting down, too many connections), or rolled back because of another transaction (deadlock, serialization failure).
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

/** True for every error that a query can fail with. */
export function isDatabaseError(error: unknown): boolean {
  return postgresFault(error) !== null || isDatabaseUnavailable(error) || error instanceof DrizzleQueryError;
}

/** Describes a database error for logs, without the query's parameters, which a DrizzleQueryError carries. */
export function describeDatabaseError(error: unknown): string {
  const fault = postgresFault(error);
  if (fault) return `Postgres error ${fault.code}${fault.constraint_name ? ` on ${fault.constraint_name}` : ''}`;
  return error instanceof Error ? error.name : 'unknown error';
}
