import { makeOnce, type Say } from './cache.ts';
import { findByVariable, findOnPath, runProgram } from './programs.ts';
import { downloadBySdk } from './sdk-download.ts';

/** The newest CLI that `go install` can build; the go.mod of later versions has a local `replace`. Server 1.29.1, UI 2.42.1. */
const CLI_VERSION = 'v1.5.1';

const HELP = `Temporal's server is not on this machine. Download and build both failed.
Do one of these:
  - install Go (1.24 or later, on PATH) and start again: Muster builds the server once, in about five minutes
  - install the Temporal CLI (\`temporal\` on PATH), or set TEMPORAL_CLI_PATH to its path
  - set TEMPORAL_ADDRESS to a running server (npm start only)`;

async function build(folder: string, say: Say, signal?: AbortSignal): Promise<void> {
  const go = await findOnPath('go');
  if (go === undefined) throw new Error(HELP);
  say(`building Temporal's server ${CLI_VERSION} with Go, once on this machine; this takes about five minutes`);
  const started = Date.now();
  const alive = setInterval(() => say(`still building Temporal's server (${Math.round((Date.now() - started) / 1000)} s)`), 30_000);
  try {
    await runProgram(go, ['install', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`], {
      cwd: folder,
      env: { ...process.env, GOBIN: folder },
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${HELP}\nGo said: ${(error as Error).message}`, { cause: error });
  } finally {
    clearInterval(alive);
  }
  say(`Temporal's server is built (${Math.round((Date.now() - started) / 1000)} s)`);
}

/**
 * Returns the path of a Temporal CLI, which contains the dev server and its UI. Tries in this order: `TEMPORAL_CLI_PATH`,
 * `temporal` on PATH, our cache, the SDK's download, a build with Go. `say` receives progress; aborting `signal` ends a build.
 * Throws with the next step if all fail.
 */
export async function findTemporalCli(say: Say = console.error, signal?: AbortSignal): Promise<string> {
  const installed = (await findByVariable('TEMPORAL_CLI_PATH')) ?? (await findOnPath('temporal'));
  if (installed !== undefined) return installed;
  return makeOnce(`temporal-cli-${CLI_VERSION}`, 'temporal', say, async (folder) => {
    await downloadBySdk('cli', folder, 'temporal').catch(() => build(folder, say, signal));
  });
}
