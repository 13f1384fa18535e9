import type { Transaction } from '../../../db/client.ts';
import type { Call } from '../../context.ts';
import type { Claim, Once } from '../../idempotency/once.ts';
import { ServiceError } from '../../problems/service-error.ts';
import { refuseTakenNickname } from '../nicknames.ts';
import { requireTemporal } from '../temporal.ts';
import type { NewOrganization } from './create.ts';
import { insertUnchecked, sealCredentials } from './credentials.ts';

/**
 * Begins a call that brings an organization's credentials: nothing is written but these, sealed, for a worker to check. A
 * repeat under the same Idempotency-Key goes on with those of the first. The claim's resource is the credential set.
 * Throws 409 nickname_taken; 503 when Temporal does not answer.
 */
export async function claimUnchecked(call: Call, input: NewOrganization, once: Once): Promise<Claim> {
  await requireTemporal(call);
  const { database, sealer } = call.deps;
  const set = await sealCredentials(sealer, input.credentials);
  return await database.db.transaction(async (tx) => {
    const claimed = await once.claim(tx, set.id);
    if (claimed.resourceId !== set.id) return claimed;
    await refuseTakenNickname(tx, input.nickname);
    await insertUnchecked(tx, set);
    return claimed;
  });
}

/**
 * Gives up such a call after an error: its credentials are erased. The checks' refusal is final for its fields; after
 * anything else a repeat shall begin anew.
 */
export async function giveUpUnchecked(call: Call, once: Once, error: unknown, erase: (tx: Transaction) => Promise<void>): Promise<void> {
  const isFinal = error instanceof ServiceError && error.code === 'organization_checks_failed';
  await call.deps.database.db.transaction(async (tx) => {
    await erase(tx);
    if (!isFinal) await once.forget(tx);
  });
}
