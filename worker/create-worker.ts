import { fileURLToPath } from 'node:url';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import type { ActivityDependencies } from '../activities/dependencies.ts';
import { taskQueue } from '../workflows/contracts/queues.ts';
import { activityContext } from './activity-context.ts';
import { createFailureInterceptor } from './failure-interceptor.ts';

export interface MusterWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  /** The codec of payloads and failures; in clear unless given. Must match the bundle. */
  dataConverter?: DataConverter;
  dependencies: ActivityDependencies;
  logger: Logger;
  /** A prebuilt bundle; without one the worker bundles the workflow folder at start. */
  workflowBundle?: WorkerOptions['workflowBundle'];
  /** Time that running activities get when the worker stops; 10 seconds unless given. */
  shutdownGrace?: WorkerOptions['shutdownGraceTime'];
  /** Tests use separate queues. */
  taskQueue?: string;
}

/** The entry point of the workflow bundle. */
export const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Creates a Temporal worker that runs every workflow and activity of Muster. */
export async function createMusterWorker(options: MusterWorkerOptions): Promise<Worker> {
  return await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue ?? taskQueue,
    ...(options.workflowBundle ? { workflowBundle: options.workflowBundle } : { workflowsPath }),
    ...(options.dataConverter ? { dataConverter: options.dataConverter } : {}),
    activities: { ...createActivities(options.dependencies) },
    interceptors: {
      activity: [(context) => ({ inbound: createFailureInterceptor(options.logger, activityContext(context.info)) })],
    },
    // Temporal cancels activities that are still running by then, and another worker retries them.
    shutdownGraceTime: options.shutdownGrace ?? '10s',
    // An activity learns of its cancellation from a heartbeat's response, so frequent heartbeats stop a deployment within seconds.
    maxHeartbeatThrottleInterval: '2s',
    // Other workers pick up a dead worker's runs after this time.
    stickyQueueScheduleToStartTimeout: '5s',
    // A sync has eight batches of checks in flight, and a worker may serve several syncs.
    maxConcurrentActivityTaskExecutions: 100,
  });
}
