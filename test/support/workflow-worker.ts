import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { testBundle } from './workflow-bundle.ts';

/** Workflow code in this thread, with the time limit of a thread of its own; the SDK's types do not name that option. */
const inThisThread = { debugMode: true, isolateExecutionTimeout: '5s' };

/**
 * Creates a worker on a test server, with the workflow code that the run has built unless another bundle is given.
 * Workflow code runs in this thread, in the same sandbox and with the same time limit as in production: a thread for each
 * worker would take a second of processor time to start. Stacks run it in threads, as production does.
 */
export async function createTestWorker(
  env: TestWorkflowEnvironment,
  options: Pick<WorkerOptions, 'activities' | 'maxHeartbeatThrottleInterval' | 'workflowBundle'> & { taskQueue: string },
): Promise<Worker> {
  return await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    workflowBundle: testBundle(),
    ...inThisThread,
    ...options,
  });
}
