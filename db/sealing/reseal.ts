import { and, asc, count, eq, gt, isNotNull, ne, type SQL } from 'drizzle-orm';
import type { Database } from '../client.ts';
import { sealedColumns, type SealedColumn, type SealedTable } from './columns.ts';
import type { SealingKeys } from '../../config/sealing-keys.ts';
import { createSealer, type Sealer } from './sealer.ts';

/** A row that none of the given keys decrypts. */
export interface UnopenedRow {
  table: SealedTable;
  id: string;
  keyId: string;
}

/** The result of re-sealing one table. */
export interface ResealedTable {
  table: SealedTable;
  /** Number of values now sealed with the current key. */
  resealed: number;
  /** Number of rows that still need an old key, by key id. */
  left: { keyId: string; rows: number }[];
  unopened: UnopenedRow[];
}

interface SealedRow {
  id: string;
  sealed: Buffer | null;
  keyId: string | null;
}

/** Rows read per query. */
const batchSize = 200;

/**
 * Re-seals with the current key every value of an older key, so that an operator can remove old keys from the configuration
 * (D11). It needs no lock beside running programs, because it leaves values alone that change after it read them. A second
 * run finds nothing to do. Values that it cannot decrypt are reported and skipped.
 */
export async function reseal(db: Database, keys: SealingKeys): Promise<ResealedTable[]> {
  const sealer = createSealer(keys);
  const tables: ResealedTable[] = [];
  for (const column of sealedColumns) {
    const unopened = new Map<string, UnopenedRow>();
    let resealed = 0;
    let moved: number;
    do {
      // A program with an old key may have written a row that this pass had already passed, so passes repeat until none finds one.
      moved = await passOver(db, column, keys.current.id, (row) => resealRow(db, column, sealer, row, unopened));
      resealed += moved;
    } while (moved > 0);
    tables.push({ table: column.name, resealed, left: await countLeft(db, column, keys.current.id), unopened: [...unopened.values()] });
  }
  return tables;
}

/** Visits a table's rows once, in the order of ids; returns the number of re-sealed values. */
async function passOver(
  db: Database,
  column: SealedColumn,
  currentKeyId: string,
  take: (row: SealedRow) => Promise<boolean>,
): Promise<number> {
  let moved = 0;
  let after: string | undefined;
  for (;;) {
    const rows: SealedRow[] = await db
      .select({ id: column.id, sealed: column.sealed, keyId: column.keyId })
      .from(column.table)
      .where(and(needsOldKey(column, currentKeyId), after === undefined ? undefined : gt(column.id, after)))
      .orderBy(asc(column.id))
      .limit(batchSize);
    for (const row of rows) if (await take(row)) moved += 1;
    if (rows.length < batchSize) return moved;
    after = rows.at(-1)!.id;
  }
}

async function resealRow(
  db: Database,
  column: SealedColumn,
  sealer: Sealer,
  row: SealedRow,
  unopened: Map<string, UnopenedRow>,
): Promise<boolean> {
  if (unopened.has(row.id)) return false;
  const owner = { table: column.name, id: row.id };
  let secret: unknown;
  try {
    secret = await sealer.open(row.sealed!, owner);
  } catch {
    // The row and the key are enough for the operator; the sealer's error adds nothing.
    unopened.set(row.id, { ...owner, keyId: row.keyId ?? 'unknown' });
    return false;
  }
  const { bytes, keyId } = await sealer.seal(secret, owner);
  const changed = await db
    .update(column.table)
    .set(column.change(bytes, keyId) as never)
    // A worker may have erased or replaced the value since it was read; its change stays.
    .where(and(eq(column.id, row.id), eq(column.sealed, row.sealed!)))
    .returning({ id: column.id });
  return changed.length > 0;
}

async function countLeft(db: Database, column: SealedColumn, currentKeyId: string): Promise<{ keyId: string; rows: number }[]> {
  const rows = await db
    .select({ keyId: column.keyId, rows: count() })
    .from(column.table)
    .where(needsOldKey(column, currentKeyId))
    .groupBy(column.keyId)
    .orderBy(asc(column.keyId));
  return rows.map((row) => ({ keyId: row.keyId ?? 'unknown', rows: row.rows }));
}

function needsOldKey(column: SealedColumn, currentKeyId: string): SQL | undefined {
  return and(isNotNull(column.sealed), ne(column.keyId, currentKeyId));
}
