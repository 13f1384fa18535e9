import type { Database } from '../../db/client.ts';
import { eraseTokens } from '../../db/delegation/erase-tokens.ts';
import { releaseRequest } from '../../db/delegation/release-request.ts';
import { isFinalPhase } from '../../domain/delegation/states.ts';
import type { RecordProgressInput } from '../../workflows/contracts/delegation-onboarding.ts';
import { onboardingActor } from '../actor.ts';
import { writeProgress } from './record-progress.ts';
import { lockOwnRequest } from './require-ownership.ts';

/**
 * Ends a request without a cloud and leaves nothing half-registered. It records the end, frees the nickname, and erases
 * external ids and tokens (D6). A second run changes nothing.
 */
export async function closeRequest(db: Database, input: RecordProgressInput): Promise<void> {
  const { requestId, change } = input;
  await db.transaction(async (tx) => {
    const request = await lockOwnRequest(tx, input);
    if (isFinalPhase(request.phase)) return;
    await writeProgress(tx, input);
    await releaseRequest(tx, request, { phase: change?.phase ?? 'closed', code: change?.failure?.code ?? null, actor: onboardingActor });
    await eraseTokens(tx, requestId);
  });
}
