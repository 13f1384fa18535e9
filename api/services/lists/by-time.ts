import { and, or, eq, gt, lt, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { isId } from './by-id.ts';
import { decodeCursor } from './page.ts';

/** A time as timePosition writes it. Postgres cannot read JavaScript's years with a sign, or the year 0. */
const timePattern = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function isTimePosition(position: readonly string[]): boolean {
  const [time, id] = position;
  return position.length === 2 && timePattern.test(time!) && !Number.isNaN(Date.parse(time!)) && isId(id!);
}

/** The position of a row in a list that is sorted by time and id. */
export function timePosition(time: Date, id: string): readonly [string, string] {
  return [time.toISOString(), id];
}

/** The condition for rows after a cursor, in a list that is sorted by time and id. */
export function afterTimeCursor(
  list: string,
  cursor: string | undefined,
  columns: { time: PgColumn; id: PgColumn },
  direction: 'oldest_first' | 'newest_first',
): SQL | undefined {
  const position = decodeCursor(list, cursor, isTimePosition);
  if (!position) return undefined;
  const beyond = direction === 'oldest_first' ? gt : lt;
  const time = new Date(position[0]!);
  return or(beyond(columns.time, time), and(eq(columns.time, time), beyond(columns.id, position[1]!)));
}
