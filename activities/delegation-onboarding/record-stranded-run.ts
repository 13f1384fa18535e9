import { writeAudit } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { accountStackName, memberStackSetName } from '../../domain/delegation/parameters.ts';
import type { StrandedRun } from '../../workflows/contracts/delegation-onboarding.ts';
import { onboardingActor } from '../actor.ts';

/**
 * Audits the end of a run whose request had ended, or is not in the database. The entry names the stack, the role and the
 * account, because the run may have deployed them and nothing else in the database says so (S8).
 */
export async function recordStrandedRun(db: Database, { requestId, request, reason }: StrandedRun): Promise<void> {
  await writeAudit(db, {
    actor: onboardingActor,
    action: 'delegation_request.run_ended',
    target: { type: 'delegation_request', id: requestId },
    detail: {
      reason,
      stack: accountStackName(requestId),
      ...(request && { accountId: request.accountId, role: request.roleName }),
      ...(request?.scope === 'organization' && { stackSet: memberStackSetName(requestId) }),
    },
  });
}
