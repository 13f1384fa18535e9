import { DrizzleQueryError } from 'drizzle-orm';

interface PostgresFault {
  code: string;
  constraint?: string;
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
  return fault?.code === '23505' ? (fault.constraint ?? '') : null;
}

/** True if a statement waited longer for a lock than `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return postgresFault(error)?.code === '55P03';
}

/**
 * Postgres's codes of faults that pass: connection lost, starting up or shutting down, too many connections, deadlock,
 * serialization failure, statement cancelled or timed out (57014), lock timeout (55P03), idle transaction ended (25P03), out
 * of memory or disk (53).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passingFaults = /^(08...|57P0[1-5]|57014|55P03|25P0[34]|53...|40P01|40001)$/;
/** Codes of the socket, and of db/driver/faults.ts. */
const connectionFaults =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNABORTED|CONNECTION_LOST|DATABASE_TIMEOUT|CALL_ABANDONED)$/;

/** True if the same call may succeed later: the database did not serve it, or not in time, or because of another transaction. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (passingFaults.test(code) || connectionFaults.test(code)) return true;
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
  if (fault) return `Postgres error ${fault.code}${fault.constraint ? ` on ${fault.constraint}` : ''}`;
  return error instanceof Error ? error.name : 'unknown error';
}
