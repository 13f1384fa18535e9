import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { recordset, type RecordsetColumns } from '../../../db/recordset.ts';
import { syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { StatusReason } from '../../../domain/clouds/check.ts';
import type { CloudStatus, CloudWarning } from '../../../domain/clouds/status.ts';
import type { CheckCounts } from '../../../workflows/contracts/organization-sync.ts';
import { addCounts } from '../../organization-keeper/add-counts.ts';

/** How the check of one account ended. */
export interface AccountOutcome {
  accountId: string;
  checkState: 'done' | 'deferred' | 'skipped';
  /** Null unless done. */
  status: CloudStatus | null;
  reason: StatusReason | null;
  warnings: readonly CloudWarning[];
  /** Null when nothing was learnt, or nothing was asked. */
  checkedAt: Date | null;
}

export type OutcomeCounts = Omit<CheckCounts, 'retryAfterMs'>;

/** How long outcomes gather before they are written together, in milliseconds. */
const gatherMs = 200;

/**
 * Writes outcomes as they come, gathered, and counts those that were new: an account that another attempt has finished
 * meanwhile keeps its outcome and is counted there.
 */
export class OutcomeRecorder {
  readonly counts: OutcomeCounts = { ok: 0, warning: 0, accessDenied: 0, skipped: 0, deferred: 0 };
  private readonly db: Database;
  private readonly syncId: string;
  private total = 0;
  private gathered: AccountOutcome[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(db: Database, syncId: string) {
    this.db = db;
    this.syncId = syncId;
  }

  /** How many there were so far. */
  get added(): number {
    return this.total;
  }

  add(outcome: AccountOutcome): void {
    this.total += 1;
    this.gathered.push(outcome);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      // What cannot be written now is written with the next, or at the end, which tells.
      this.writing = this.writing.then(() => this.write()).catch(() => {});
    }, gatherMs);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
  }

  private async write(): Promise<void> {
    const batch = this.gathered;
    if (batch.length === 0) return;
    this.gathered = [];
    try {
      const written = await writeOutcomes(this.db, this.syncId, batch);
      for (const kind of kinds) this.counts[kind] += written[kind];
    } catch (error) {
      this.gathered.unshift(...batch);
      throw error;
    }
  }
}

const kinds = ['ok', 'warning', 'accessDenied', 'skipped', 'deferred'] as const satisfies readonly (keyof OutcomeCounts)[];

/** What a check that was made can come to. A role that is not there yet is not to be checked now. */
const answers = { ok: 'ok', warning: 'warning', access_denied: 'accessDenied', pending: 'skipped' } as const;

type Written = { check_state: 'done'; status: keyof typeof answers } | { check_state: 'deferred' | 'skipped'; status: null };

/** Writes outcomes and adds the new answers to the counts of the sync, both or neither; answers what was new. */
async function writeOutcomes(db: Database, syncId: string, outcomes: readonly AccountOutcome[]): Promise<OutcomeCounts> {
  return await db.transaction(async (tx) => {
    // First the sync, then its accounts: the order in which the inventory locks them.
    await tx.select({ id: syncs.id }).from(syncs).where(eq(syncs.id, syncId)).for('no key update');
    const written = await updateAccounts(tx, syncId, outcomes);
    const counts: OutcomeCounts = { ok: 0, warning: 0, accessDenied: 0, skipped: 0, deferred: 0 };
    for (const { check_state, status } of written) counts[check_state === 'done' ? answers[status] : check_state] += 1;
    const { ok, warning, accessDenied } = counts;
    const checked = ok + warning + accessDenied;
    if (checked > 0) await addCounts(tx, syncId, { ok, warning, accessDenied, checked });
    return counts;
  });
}

const columns: RecordsetColumns<AccountOutcome> = {
  accountId: 'text',
  checkState: 'text',
  status: 'text',
  reason: 'jsonb',
  warnings: 'jsonb',
  checkedAt: 'timestamptz',
};

async function updateAccounts(tx: Transaction, syncId: string, outcomes: readonly AccountOutcome[]): Promise<Written[]> {
  return await tx.execute<Written>(sql`
    update ${syncAccounts} as account
    set check_state = outcome."checkState",
        status = outcome."status",
        status_reason = outcome."reason",
        warnings = outcome."warnings",
        checked_at = outcome."checkedAt"
    from ${recordset('outcome', outcomes, columns)}
    where account.sync_id = ${syncId}
      and account.account_id = outcome."accountId"
      and account.check_state in ('waiting', 'deferred')
      and account.status is null
    returning account.check_state, account.status`);
}
