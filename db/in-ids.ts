import { sql, type Column, type SQL } from 'drizzle-orm';

/** `column in (…)` for any number of ids. It takes one parameter, where a list takes one per id and Postgres allows 65,535. */
export function inIds(column: Column, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(ids)}::${sql.raw(column.getSQLType())}[])`;
}
