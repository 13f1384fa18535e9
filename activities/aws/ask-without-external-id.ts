import type { STSClient } from '@aws-sdk/client-sts';
import { cancellationSignal, sleep } from '@temporalio/activity';
import { isProofDue, type ExternalIdProof } from '../../domain/clouds/external-id-proof.ts';
import { tryRole, type AssumableRole } from './assume-role.ts';
import { retryAfterOf } from './errors.ts';

/** Attempts to get an answer of one role. */
const attempts = 3;
/** Pause before the second attempt, in milliseconds; doubled before the third. */
const pauseMs = 200;
/** Attempts end after this time in milliseconds. The next check repeats the question. */
const patienceMs = 2_000;

/**
 * Asks a role, which accepts Muster with its external id, also without it (D12), unless it was asked within the last day. Null
 * if it was not asked or AWS gave no answer: only AccessDenied is a refusal, and only a session is an acceptance.
 */
export async function askWithoutExternalId(
  sts: STSClient,
  { externalId, ...role }: AssumableRole,
  known: ExternalIdProof | null,
): Promise<ExternalIdProof | null> {
  const askedAt = new Date();
  if (externalId === undefined || !isProofDue(known, askedAt)) return null;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { accepted } = await tryRole(sts, role);
      return { enforced: !accepted, askedAt };
    } catch (error) {
      if (cancellationSignal().aborted) throw error;
      const pause = Math.max(retryAfterOf(error), pauseMs * 2 ** (attempt - 1));
      if (attempt === attempts || Date.now() - askedAt.getTime() + pause > patienceMs) return null;
      await sleep(pause);
    }
  }
}
