import { sql, type SQL } from 'drizzle-orm';

/** The SQL types that read back what JSON makes of a value. */
type SqlType<Value> = Value extends string
  ? 'text' | 'uuid'
  : Value extends Date
    ? 'timestamptz'
    : Value extends boolean
      ? 'boolean'
      : Value extends number
        ? 'integer'
        : 'jsonb';

/** The SQL type of each column of a recordset: all columns of `Row`, and no others. */
export type RecordsetColumns<Row> = { readonly [Column in keyof Row & string]-?: SqlType<NonNullable<Row[Column]>> };

/**
 * Any number of rows as a table of a query, `name("column" type, …)`, in one parameter: a list of values would need a
 * parameter for each and end at 65,535. A field that is null or missing is SQL's null, in a `jsonb` column too. Refer to a
 * column as `name."column"`.
 * https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-JSON-PROCESSING-TABLE
 */
export function recordset<Row extends object>(name: string, rows: readonly Row[], columns: RecordsetColumns<NoInfer<Row>>): SQL {
  const definitions = Object.entries<string>(columns).map(([column, type]) => sql`${sql.identifier(column)} ${sql.raw(type)}`);
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${sql.identifier(name)}(${sql.join(definitions, sql`, `)})`;
}
