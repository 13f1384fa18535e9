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
  /** A bundle made beforehand; the workflow folder is bundled at start without one. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** How long activities may go on once the worker is told to stop; 10 seconds unless given. */
  shutdownGrace?: WorkerOptions['shutdownGraceTime'];
  /** Tests run on queues of their own. */
  taskQueue?: string;
}

/** The folder that workflows are bundled from. */
export const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Makes a Temporal worker that runs every workflow and activity of Muster. */
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
    // Activities that are not done by then are cancelled, and tried again by another worker.
    shutdownGraceTime: options.shutdownGrace ?? '10s',
    // A cancellation reaches an activity with the answer to its heartbeat: a deployment stops within seconds.
    maxHeartbeatThrottleInterval: '2s',
    // So soon another worker takes up the runs of one that died.
    stickyQueueScheduleToStartTimeout: '5s',
    // A sync has eight batches of checks in flight, and a worker may serve several; what it caches follows from its heap.
    maxConcurrentActivityTaskExecutions: 100,
  });
}
