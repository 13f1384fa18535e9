import { and, asc, count, eq, gt, isNotNull, ne, type SQL } from 'drizzle-orm';
import type { Database } from '../client.ts';
import { sealedColumns, type SealedColumn, type SealedTable } from './columns.ts';
import type { SealingKeys } from '../../config/sealing-keys.ts';
import { createSealer, type Sealer } from './sealer.ts';

/** A row that no key of ours opens. */
export interface UnopenedRow {
  table: SealedTable;
  id: string;
  keyId: string;
}

/** What re-sealing one table came to. */
export interface ResealedTable {
  table: SealedTable;
  /** How many values the current key has taken over. */
  resealed: number;
  /** What still needs an old key, by key id. */
  left: { keyId: string; rows: number }[];
  unopened: UnopenedRow[];
}

interface SealedRow {
  id: string;
  sealed: Buffer | null;
  keyId: string | null;
}

/** Small enough that a run that is stopped has lost little, large enough that the database is asked rarely. */
const batchSize = 200;

/**
 * Seals every value anew that another key than the current one has sealed, so that old keys can be taken out of the
 * configuration (D11). Safe beside running programs without a lock: a value that changed since it was read is left as
 * it is. Running again finds nothing to do. A value that cannot be opened is reported and passed over.
 */
export async function reseal(db: Database, keys: SealingKeys): Promise<ResealedTable[]> {
  const sealer = createSealer(keys);
  const tables: ResealedTable[] = [];
  for (const column of sealedColumns) {
    const unopened = new Map<string, UnopenedRow>();
    let resealed = 0;
    let moved: number;
    do {
      // A program that still seals with an old key may have written behind us: look again until nothing moves.
      moved = await passOver(db, column, keys.current.id, (row) => resealRow(db, column, sealer, row, unopened));
      resealed += moved;
    } while (moved > 0);
    tables.push({ table: column.name, resealed, left: await countLeft(db, column, keys.current.id), unopened: [...unopened.values()] });
  }
  return tables;
}

/** Goes once through a table in the order of ids; answers how many values were re-sealed. */
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
    // Which row and which key is all that helps; the sealer's own words say no more than that nothing fits.
    unopened.set(row.id, { ...owner, keyId: row.keyId ?? 'unknown' });
    return false;
  }
  const { bytes, keyId } = await sealer.seal(secret, owner);
  const changed = await db
    .update(column.table)
    .set(column.change(bytes, keyId) as never)
    // Somebody may have erased or replaced the value meanwhile: theirs stands.
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
