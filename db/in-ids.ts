import { sql, type Column, type SQL } from 'drizzle-orm';

/** `column in (…)` for any number of ids: one parameter, where a list would need one each and end at 65,535. */
export function inIds(column: Column, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(ids)}::${sql.raw(column.getSQLType())}[])`;
}
