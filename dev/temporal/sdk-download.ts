import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { isExecutable } from './programs.ts';

/** The servers that Temporal's SDK can download: the CLI with its dev server, and the time-skipping test server. */
export type Download = 'cli' | 'test-server';

async function startOnce(what: Download, downloadDir: string): Promise<void> {
  const executable = { type: 'cached-download', downloadDir } as const;
  const environment =
    what === 'cli'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await environment.teardown();
}

/**
 * Downloads a server with Temporal's SDK into `folder`, under the name `program`. The SDK downloads only when it starts a server, so
 * the server runs for a moment. Throws if the download fails, without delay if there is no network.
 */
export async function downloadBySdk(what: Download, folder: string, program: string): Promise<void> {
  await startOnce(what, folder);
  for (const name of await readdir(folder)) {
    if (await isExecutable(join(folder, name))) {
      await rename(join(folder, name), join(folder, program));
      return;
    }
  }
  throw new Error(`the SDK downloaded no program to ${folder}`);
}
