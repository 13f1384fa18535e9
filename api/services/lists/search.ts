import { ilike, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** Rows in which one of the columns contains the text, whatever its case. LIKE's own wildcards count as text. */
export function contains(text: string | undefined, columns: PgColumn[]): SQL | undefined {
  if (text === undefined || text === '') return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return or(...columns.map((column) => ilike(column, pattern)));
}
