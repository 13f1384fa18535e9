import pg from 'pg';

/** The database did not answer in time, or had no free connection in time. The same call may succeed later. */
export class DatabaseTimeoutError extends Error {
  override readonly name = 'DatabaseTimeoutError';
  readonly code = 'DATABASE_TIMEOUT';
}

/** The connection to the database was lost. A write may have happened or not, as with every lost connection. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
  readonly code = 'CONNECTION_LOST';
}

/** The caller left before the answer, so the statement was cancelled in the database. */
export class CallAbandonedError extends Error {
  override readonly name = 'CallAbandonedError';
  readonly code = 'CALL_ABANDONED';
}

/** Messages of pg's errors about a lost connection. These errors have no code. */
const lostConnection = /connection terminated|not queryable|client was closed|pool after calling end/i;
/** Messages of pg-pool's errors about its timeout. */
const lateConnection = /timeout exceeded when trying to connect|due to connection timeout|timeout expired/i;

/** Gives the errors of pg that have no code one of the classes above. Returns all other errors unchanged. */
export function toDatabaseFault(error: unknown): Error {
  if (!(error instanceof Error)) return new ConnectionLostError(String(error));
  if (error instanceof pg.DatabaseError || 'code' in error) return error;
  if (lateConnection.test(error.message)) {
    return new DatabaseTimeoutError('the database had no connection in time', { cause: error });
  }
  if (lostConnection.test(error.message)) {
    return new ConnectionLostError('the connection to the database was lost', { cause: error });
  }
  return error;
}

/** True if the connection cannot be used after this error: Postgres closes it after a FATAL error, or the socket failed. */
export function endsConnection(error: Error): boolean {
  if (error instanceof pg.DatabaseError) return error.severity === 'FATAL' || error.severity === 'PANIC';
  return true;
}
