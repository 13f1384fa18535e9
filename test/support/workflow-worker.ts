import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { testBundle } from './workflow-bundle.ts';

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
    debugMode: true,
    // The time limit of production; debug mode has none unless told.
    isolateExecutionTimeout: '5s',
    ...options,
  });
}
