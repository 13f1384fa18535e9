import { gt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { decodeCursor } from './page.ts';

/** True for an id in the form that the database writes. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** The condition for rows after a cursor, in a list that is sorted by id. Ids sort by creation time. */
export function afterIdCursor(list: string, cursor: string | undefined, id: PgColumn): SQL | undefined {
  const position = decodeCursor(list, cursor, (parts) => parts.length === 1 && isId(parts[0]!));
  return position ? gt(id, position[0]!) : undefined;
}
