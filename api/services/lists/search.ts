import { ilike, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** The condition for rows with the text in one of the columns, ignoring case. LIKE's wildcards in the text are escaped. */
export function contains(text: string | undefined, columns: PgColumn[]): SQL | undefined {
  if (text === undefined || text === '') return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return or(...columns.map((column) => ilike(column, pattern)));
}
