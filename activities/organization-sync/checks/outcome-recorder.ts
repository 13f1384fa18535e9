import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { saveProofs, type RoleProof } from '../../../db/external-id-proofs.ts';
import { recordset, type RecordsetColumns } from '../../../db/recordset.ts';
import { syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { StatusReason } from '../../../domain/clouds/check.ts';
import type { CloudStatus, CloudWarning } from '../../../domain/clouds/status.ts';
import type { CheckCounts } from '../../../workflows/contracts/organization-sync.ts';
import { addCounts } from '../../organization-keeper/add-counts.ts';

/** The outcome of the check of one account. */
export interface AccountOutcome {
  accountId: string;
  checkState: 'done' | 'deferred' | 'skipped';
  /** Null unless the check is done. */
  status: CloudStatus | null;
  reason: StatusReason | null;
  warnings: readonly CloudWarning[];
  /** Null if nothing was learned or the account was not checked. */
  checkedAt: Date | null;
}

export type OutcomeCounts = Omit<CheckCounts, 'retryAfterMs'>;

/** Outcomes are written together after this many milliseconds. */
const gatherMs = 200;

/**
 * Writes outcomes in groups and counts the new ones. If another attempt has finished an account, its outcome stays and
 * is counted there.
 */
export class OutcomeRecorder {
  readonly counts: OutcomeCounts = { ok: 0, warning: 0, accessDenied: 0, skipped: 0, deferred: 0 };
  private readonly db: Database;
  private readonly syncId: string;
  private readonly credentialSetId: string;
  private total = 0;
  private gathered: AccountOutcome[] = [];
  private proofs: RoleProof[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(db: Database, { syncId, credentialSetId }: { syncId: string; credentialSetId: string }) {
    this.db = db;
    this.syncId = syncId;
    this.credentialSetId = credentialSetId;
  }

  /** Number of outcomes so far. */
  get added(): number {
    return this.total;
  }

  /** Adds the answer of a role that was asked without its external id (D12). The caller adds the account's outcome next. */
  addProof(proof: RoleProof): void {
    this.proofs.push(proof);
  }

  add(outcome: AccountOutcome): void {
    this.total += 1;
    this.gathered.push(outcome);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      // A failed write is repeated with the next group, or by `close`, which throws.
      this.writing = this.writing.then(() => this.write()).catch(() => {});
    }, gatherMs);
  }

  /** Writes the remaining outcomes. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    await this.write();
  }

  private async write(): Promise<void> {
    const batch = this.gathered;
    if (batch.length === 0) return;
    const proofs = this.proofs;
    this.gathered = [];
    this.proofs = [];
    try {
      // Before the outcomes and outside of their transaction, which locks the sync: others lock credentials first.
      await saveProofs(this.db, this.credentialSetId, proofs);
      const written = await writeOutcomes(this.db, this.syncId, batch);
      for (const kind of kinds) this.counts[kind] += written[kind];
    } catch (error) {
      this.gathered.unshift(...batch);
      this.proofs.unshift(...proofs);
      throw error;
    }
  }
}

const kinds = ['ok', 'warning', 'accessDenied', 'skipped', 'deferred'] as const satisfies readonly (keyof OutcomeCounts)[];

/** The counts of a finished check, by status. A role that does not exist yet counts as skipped. */
const answers = { ok: 'ok', warning: 'warning', access_denied: 'accessDenied', pending: 'skipped' } as const;

type Written = { check_state: 'done'; status: keyof typeof answers } | { check_state: 'deferred' | 'skipped'; status: null };

/** Writes outcomes and adds the new ones to the counts of the sync in one transaction. Returns the new ones. */
async function writeOutcomes(db: Database, syncId: string, outcomes: readonly AccountOutcome[]): Promise<OutcomeCounts> {
  return await db.transaction(async (tx) => {
    // Locks the sync before its accounts, in the order of the inventory.
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
