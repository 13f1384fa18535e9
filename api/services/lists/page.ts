import { isStorableText } from '../../../db/storable-text.ts';
import { invalid } from '../../problems/errors.ts';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  /** How many there are in all, under the same filters. */
  total: number;
}

/** Where a page ended: the list's name and the sort key of its last item. */
type Position = readonly string[];

/** An opaque cursor that only the same list reads back. */
export function encodeCursor(list: string, position: Position): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** The position in a cursor; null without one. A cursor that this list did not make is refused (422). */
export function decodeCursor(list: string, cursor: string | undefined, isPosition: (position: Position) => boolean): Position | null {
  if (cursor === undefined) return null;
  const position = parsePosition(list, cursor);
  if (position && isPosition(position)) return position;
  throw invalid([{ pointer: '/cursor', message: 'cursor must be the nextCursor of an earlier page of this list, unchanged.' }]);
}

function parsePosition(list: string, cursor: string): Position | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed) || parsed[0] !== list) return null;
    if (!parsed.every((part) => typeof part === 'string' && isStorableText(part))) return null;
    return parsed.slice(1);
  } catch {
    return null;
  }
}

/** Cuts rows that were read one beyond the limit into a page. */
export function toPage<Row, Item>(
  rows: Row[],
  request: PageRequest,
  total: number,
  list: string,
  positionOf: (row: Row) => Position,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > request.limit && last !== undefined ? encodeCursor(list, positionOf(last)) : null,
    total,
  };
}
