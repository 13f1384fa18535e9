import type { WorkflowGateway } from './gateway.ts';

/** Minimum pause between two explanations, in milliseconds: load balancers check the readiness every few seconds. */
const pauseMs = 60_000;

/** Calls `explain` when a readiness check does not reach Temporal, at most once a minute. The check itself is unchanged. */
export function explainRefusals(workflows: WorkflowGateway, explain: (error: unknown) => Promise<void>): WorkflowGateway {
  let silentUntil = 0;
  return {
    ...workflows,
    async ping() {
      try {
        await workflows.ping();
      } catch (error) {
        if (Date.now() >= silentUntil) {
          silentUntil = Date.now() + pauseMs;
          void explain(error);
        }
        throw error;
      }
    },
  };
}
