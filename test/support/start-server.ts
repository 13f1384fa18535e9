import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/**
 * Starts a Temporal server under the runtime that a process has one of, with errors only in its log. The SDK gives a
 * server five seconds to answer, which a loaded machine may need longer for: it is started again then.
 */
export async function startServer(start: () => Promise<TestWorkflowEnvironment>): Promise<TestWorkflowEnvironment> {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempts === 8) throw error;
    }
  }
}
