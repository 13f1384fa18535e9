import { isStorableText } from '../../../db/storable-text.ts';
import { invalid } from '../../problems/errors.ts';

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  /** Number of items that match the filters, on all pages. */
  total: number;
}

/** The sort key of the last item of a page. */
type Position = readonly string[];

/** An opaque cursor, which only the same list accepts. */
export function encodeCursor(list: string, position: Position): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** The position in a cursor. Null without a cursor. Throws invalid_input for a cursor of another list. */
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

/** Makes a page of rows that were read with one row more than the limit. */
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
