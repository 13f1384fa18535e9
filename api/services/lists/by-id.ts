import { gt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { decodeCursor } from './page.ts';

/** True for an id as the database writes it. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The condition for rows behind a cursor, in a list sorted by id alone: ids sort by creation. */
export function afterIdCursor(list: string, cursor: string | undefined, id: PgColumn): SQL | undefined {
  const position = decodeCursor(list, cursor, (parts) => parts.length === 1 && isId(parts[0]!));
  return position ? gt(id, position[0]!) : undefined;
}
