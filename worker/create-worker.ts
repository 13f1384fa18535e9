import { fileURLToPath } from 'node:url';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { taskQueue } from '../workflows/contracts/queues.ts';
import { activityContext } from './activity-context.ts';
import { createFailureInterceptor } from './failure-interceptor.ts';

export interface MusterWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  dependencies: ActivityDependencies;
  logger: Logger;
  /** A built bundle. Without one, the worker bundles the workflow folder at its start. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** How long activities may continue after the worker gets its signal to stop. The default is 10 seconds. */
  shutdownGrace?: WorkerOptions['shutdownGraceTime'];
  /** The task queue, for tests, which use queues of their own. */
  taskQueue?: string;
}

/** The file from which the workflows are bundled. */
export const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Creates a Temporal worker that runs every workflow and activity of Muster. */
export async function createMusterWorker(options: MusterWorkerOptions): Promise<Worker> {
  return await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue ?? taskQueue,
    ...(options.workflowBundle ? { workflowBundle: options.workflowBundle } : { workflowsPath }),
    activities: { ...createActivities(options.dependencies) },
    interceptors: {
      activity: [(context) => ({ inbound: createFailureInterceptor(options.logger, activityContext(context.info)) })],
    },
    // Activities that still run after this time are cancelled, and another worker retries them.
    shutdownGraceTime: options.shutdownGrace ?? '10s',
    // An activity receives a cancellation with the answer to its heartbeat, so a deployment stops within seconds.
    maxHeartbeatThrottleInterval: '2s',
    // Other workers pick up a dead worker's runs after this long.
    stickyQueueScheduleToStartTimeout: '5s',
    // A sync has eight batches of checks in flight, and a worker may serve several syncs. The SDK derives the cache from the heap.
    maxConcurrentActivityTaskExecutions: 100,
  });
}
