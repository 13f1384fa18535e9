import type { PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { QueryResult, QueryResultRow } from 'pg';

/** The rows of a statement. `count` is the number of rows that it returned or changed. */
export type Rows<Row = Record<string, unknown>> = Row[] & { count: number };

/** The type of a raw result, for Drizzle. */
export interface RowsOf extends PgQueryResultHKT {
  type: Rows<this['row'] extends Record<string, unknown> ? this['row'] : Record<string, unknown>>;
}

/**
 * The result of pg in the form above. Drizzle's builders read the member `rows`. pg returns a list of results for a text of
 * several statements: the last result counts.
 */
export function toRows<Row extends QueryResultRow>(result: QueryResult<Row> | QueryResult<Row>[]): Rows<Row> & { rows: Row[] } {
  const { rows, rowCount } = Array.isArray(result) ? result.at(-1)! : result;
  return Object.assign(rows, { rows, count: rowCount ?? 0 });
}
