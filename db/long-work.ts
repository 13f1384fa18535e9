import { sql } from 'drizzle-orm';
import type { Transaction } from './client.ts';
import { extendDatabaseBudget } from './driver/budget.ts';

/** Database time of a call that writes tens of thousands of rows, in milliseconds. */
export const longWorkMs = 60_000;

/** Allows the rest of a transaction to take long. Its waits for locks stay short, so it holds up no other call for longer. */
export async function allowLongWork(tx: Transaction): Promise<void> {
  extendDatabaseBudget(longWorkMs);
  await tx.execute(sql.raw(`set local statement_timeout = ${longWorkMs}`));
}
