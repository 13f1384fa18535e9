import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../dev/postgres/test-postgres.ts';
import { openDatabase, type DatabaseClient } from './client.ts';
import { newId } from './ids.ts';
import { recordset } from './recordset.ts';

let server: TestPostgres;
let client: DatabaseClient;
beforeAll(async () => {
  server = await startTestPostgres();
  const { url } = await server.createDatabase();
  client = openDatabase({ url, applicationName: 'recordset-test' });
});
afterAll(async () => {
  await client?.close();
  await server?.stop();
});

describe('rows as a table of a query', () => {
  it('each column comes back as its type, null and missing fields as null', async () => {
    const at = new Date('2026-07-01T12:34:56.789Z');
    const rows: { id: string; text: string; count: number; flag: boolean; at: Date | null; list: string[] | null; missing?: string }[] = [
      { id: newId(), text: "it's", count: 7, flag: true, at, list: ['a', 'b'] },
      { id: newId(), text: 'ü', count: -1, flag: false, at: null, list: null, missing: 'here' },
    ];
    const table = recordset('r', rows, {
      id: 'uuid',
      text: 'text',
      count: 'integer',
      flag: 'boolean',
      at: 'timestamptz',
      list: 'jsonb',
      missing: 'text',
    });
    const found = await client.db.execute(sql`select *, pg_typeof(r."id")::text as "type" from ${table} order by r."count" desc`);
    expect([...found].map((row) => ({ ...row, at: row['at'] && new Date(row['at'] as string) }))).toEqual([
      { ...rows[0], missing: null, type: 'uuid' },
      { ...rows[1], type: 'uuid' },
    ]);
  });

  it('names of columns are quoted: case, spaces, keywords and quotes stay what they are', async () => {
    const rows = [{ camelCase: 'a', 'two words': 'b', select: 'c', 'a"b': 'd', 'x" int); --': 'e' }];
    const table = recordset('r"s', rows, { camelCase: 'text', 'two words': 'text', select: 'text', 'a"b': 'text', 'x" int); --': 'text' });
    const found = await client.db.execute(sql`select "r""s".* from ${table}`);
    expect([...found]).toEqual(rows);
  });

  it('no rows are no rows, and more than a list of parameters can hold are all there', async () => {
    const count = async (rows: { number: number }[]) => {
      const [row] = await client.db.execute<{ count: number }>(
        sql`select count(*)::int as count from ${recordset('r', rows, { number: 'integer' })}`,
      );
      return row!.count;
    };
    expect(await count([])).toBe(0);
    expect(await count(Array.from({ length: 70_000 }, (_unused, number) => ({ number })))).toBe(70_000);
  });

  it('a column too few, too many or of another type does not compile', () => {
    const rows = [{ id: newId(), at: new Date() }];
    const wrong = [
      // @ts-expect-error A column is missing.
      recordset('r', rows, { id: 'uuid' }),
      // @ts-expect-error The rows have no such column.
      recordset('r', rows, { id: 'uuid', at: 'timestamptz', name: 'text' }),
      // @ts-expect-error A date is no number.
      recordset('r', rows, { id: 'uuid', at: 'integer' }),
    ];
    // The type check proves it: it reports an unused @ts-expect-error.
    expect(wrong).toHaveLength(3);
  });
});
