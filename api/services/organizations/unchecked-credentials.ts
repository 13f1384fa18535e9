import type { Transaction } from '../../../db/client.ts';
import type { Call } from '../../context.ts';
import type { OrganizationCredentials, RoleCredentials } from '../../../db/sealing/secrets.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import { ServiceError } from '../../problems/service-error.ts';
import { refuseTakenNickname } from '../nicknames.ts';
import { requireTemporal } from '../temporal.ts';
import { insertUnchecked, sealCredentials } from './credentials.ts';

/**
 * Claims the call's key and inserts the sealed credentials, for a worker to check. A repeat with the same Idempotency-Key
 * continues with the credentials of the first call. Returns the id of the credential set. Throws nickname_taken,
 * temporal_unavailable, and what `refuse` throws.
 */
export async function claimUncheckedCredentials(
  call: Call,
  input: { nickname: string; credentials: OrganizationCredentials | RoleCredentials },
  once: KeyClaim,
  refuse: (tx: Transaction) => Promise<void> = async () => {},
): Promise<string> {
  await requireTemporal(call);
  const { database, sealer } = call.deps;
  const set = await sealCredentials(sealer, input.credentials);
  return await database.db.transaction(async (tx) => {
    const claimedId = await once.claim(tx, set.id);
    if (claimedId !== set.id) return claimedId;
    await refuse(tx);
    await refuseTakenNickname(tx, input.nickname);
    await insertUnchecked(tx, set);
    return claimedId;
  });
}

/** A repeat of the call joins the run of the check, and gets the same refusal. */
const finalRefusals = ['organization_checks_failed', 'role_checks_failed', 'scope_unknown'];

/**
 * Erases the credentials after an error. A refusal by the checks is final for the call's fields. After any other error, a
 * repeat starts from the beginning.
 */
export async function discardUncheckedCredentials(
  call: Call,
  once: KeyClaim,
  error: unknown,
  erase: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const isFinal = error instanceof ServiceError && finalRefusals.includes(error.code);
  await call.deps.database.db.transaction(async (tx) => {
    await erase(tx);
    if (!isFinal) await once.release(tx);
  });
}
