import { sql, type SQL } from 'drizzle-orm';

/** The SQL types that can hold the JSON of a value. */
type SqlType<Value> = Value extends string
  ? 'text' | 'uuid'
  : Value extends Date
    ? 'timestamptz'
    : Value extends boolean
      ? 'boolean'
      : Value extends number
        ? 'integer'
        : 'jsonb';

/** The SQL type of each column of a recordset: exactly the columns of `Row`. */
export type RecordsetColumns<Row> = { readonly [Column in keyof Row & string]-?: SqlType<NonNullable<Row[Column]>> };

/**
 * Rows as a table of a query, `name("column" type, …)`, in one parameter: a list of values needs a parameter for each
 * value, and Postgres accepts at most 65,535. A null or missing field becomes SQL null, also in a `jsonb` column. Refer
 * to a column as `name."column"`.
 * https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-JSON-PROCESSING-TABLE
 */
export function recordset<Row extends object>(name: string, rows: readonly Row[], columns: RecordsetColumns<NoInfer<Row>>): SQL {
  const definitions = Object.entries<string>(columns).map(([column, type]) => sql`${sql.identifier(column)} ${sql.raw(type)}`);
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as ${sql.identifier(name)}(${sql.join(definitions, sql`, `)})`;
}
