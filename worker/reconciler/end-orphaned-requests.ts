import { inArray } from 'drizzle-orm';
import { delegationRequests } from '../../db/schema/index.ts';
import { openDelegationPhases } from '../../domain/delegation/states.ts';
import { checkOwnership, delegationOnboardingName, delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import type { ReconcilerJob } from './job.ts';
import { notifyStrandedRuns } from './notify-stranded-runs.ts';

const runningOnboardings = `WorkflowType = '${delegationOnboardingName}' AND ExecutionStatus = 'Running'`;

/**
 * Has runs check their request if it is not open: it ended without them, or the database was restored from a backup that
 * does not hold it (S8). Such a run ends and is audited. A run that is about to end its request itself goes on.
 */
export const endOrphanedRequests: ReconcilerJob = {
  name: 'end-orphaned-requests',
  async run(context) {
    await notifyStrandedRuns(context, {
      query: runningOnboardings,
      needed: async () => {
        const rows = await context.db
          .select({ id: delegationRequests.id })
          .from(delegationRequests)
          .where(inArray(delegationRequests.phase, openDelegationPhases));
        return new Set(rows.map(({ id }) => delegationWorkflowId(id)));
      },
      notify: (run) => run.signal(checkOwnership),
      message: 'asked a run whose request is not open to check that',
    });
  },
};
