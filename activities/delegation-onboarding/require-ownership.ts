import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../db/client.ts';
import { delegationRequests } from '../../db/schema/index.ts';
import type { DelegationRequestRow } from '../../db/schema/rows.ts';
import { isFinalPhase } from '../../domain/delegation/states.ts';
import type { RequestRun } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes, supersededCodes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/** Runs that are older than generations belong to the first. */
const firstGeneration = 1;

/**
 * Fails with Superseded unless the run owns the request and the request is still open. Activities that call AWS ask this
 * first, so that a run that Temporal restored from a backup does nothing (S8).
 */
export async function requireOwnership(db: Queryable, run: RequestRun): Promise<void> {
  const row = await requireGeneration(db, run);
  if (isFinalPhase(row.phase)) {
    throw superseded(supersededCodes.ended, `The request ${run.requestId} has already ended as ${row.phase}, without this run.`);
  }
}

/** Fails with Superseded unless the run owns the request, which may have ended. */
export async function requireGeneration(db: Queryable, run: RequestRun): Promise<DelegationRequestRow> {
  const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, run.requestId));
  return checkGeneration(row, run);
}

/** As requireGeneration, and locks the request until the transaction ends. */
export async function lockOwnRequest(tx: Transaction, run: RequestRun): Promise<DelegationRequestRow> {
  const [row] = await tx.select().from(delegationRequests).where(eq(delegationRequests.id, run.requestId)).for('update');
  return checkGeneration(row, run);
}

function checkGeneration(row: DelegationRequestRow | undefined, { requestId, generation }: RequestRun): DelegationRequestRow {
  if (!row) throw superseded(supersededCodes.missing, `The request ${requestId} is not in Muster's database.`);
  if (row.generation !== (generation ?? firstGeneration)) throw supersededByNewerRun(requestId);
  return row;
}

/** The failure of a run that another run of the same request has replaced. */
export function supersededByNewerRun(requestId: string) {
  return superseded(supersededCodes.newerRun, `Another run has taken over the request ${requestId}.`);
}

function superseded(code: string, message: string) {
  return failure(failureTypes.superseded, message, { code });
}
