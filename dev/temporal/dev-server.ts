import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { z } from 'zod';
import { settings } from '../../config/settings.ts';
import { connectionOptions, readEnvironmentWithTemporal } from '../../config/temporal.ts';
import { describeRefusal } from '../../temporal/connect.ts';
import type { Command } from '../process/child.ts';
import { missingSearchAttributes, searchAttributeNames } from '../../worker/temporal-setup/setup.ts';
import { LOOPBACK } from '../process/ports.ts';

/** Options of one Temporal dev server. */
export interface DevServerOptions {
  /** The Temporal CLI's path. */
  readonly cli: string;
  readonly port: number;
  /** The port of its UI. No UI without it. */
  readonly uiPort?: number;
  readonly namespace: string;
  /** The SQLite file that keeps all data over restarts. Without it the server keeps nothing. */
  readonly dataFile?: string;
  /** False, for tests: a crash of the machine may lose data. True by default. */
  readonly durable?: boolean;
}

/** The option of the command line that names the server's port. */
export const portOption = (port: number): string => `--port=${port}`;

/** The command that runs a Temporal server. It listens on 127.0.0.1 only. */
export async function devServerCommand(options: DevServerOptions): Promise<Command> {
  const { dataFile, uiPort } = options;
  const folder = dataFile === undefined ? tmpdir() : dirname(dataFile);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const args = [
    'server',
    'start-dev',
    `--ip=${LOOPBACK}`,
    portOption(options.port),
    uiPort === undefined ? '--headless' : `--ui-port=${uiPort}`,
    `--namespace=${options.namespace}`,
    ...(dataFile === undefined ? [] : [`--db-filename=${dataFile}`]),
    ...(options.durable === false ? ['--sqlite-pragma=synchronous=off'] : []),
    '--log-level=warn',
    ...searchAttributeNames.map((name) => `--search-attribute=${name}=Keyword`),
  ];
  // Temporal's own settings of a developer are for other servers.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  return { command: options.cli, args, env, cwd: folder, stopSignal: 'SIGTERM' };
}

const connectionSettings = z.object({ TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE });

async function missingAt(options: ConnectionOptions, namespace: string): Promise<string[]> {
  const connection = await Connection.connect({ ...options, connectTimeout: '5s' });
  try {
    return await missingSearchAttributes(connection, namespace);
  } finally {
    await connection.close();
  }
}

/** Waits until the server answers and has our search attributes. Throws the reason of `signal` if it is aborted. */
export async function waitForDevServer(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const missing = await missingAt({ address }, namespace).catch(() => searchAttributeNames);
    if (missing.length === 0) return;
    await delay(100);
  }
}

/**
 * Throws if a server that we did not start lacks one of our search attributes. The error shows the command that adds them.
 * `environment` holds the settings of the connection.
 */
export async function checkExistingServer(environment: NodeJS.ProcessEnv): Promise<void> {
  const { temporal } = readEnvironmentWithTemporal('npm start', connectionSettings, environment);
  const { address, namespace } = temporal;
  const missing = await missingAt(connectionOptions(temporal), namespace).catch(async (error: unknown) => {
    throw new Error(
      `the Temporal server at ${address} (TEMPORAL_ADDRESS) does not answer for namespace ${namespace}: ${await describeRefusal(temporal, error)}`,
      { cause: error },
    );
  });
  if (missing.length === 0) return;
  throw new Error(
    `the Temporal server at ${address} lacks search attributes of Muster (${missing.join(', ')}). Create them:\n  TEMPORAL_ADDRESS=${address} TEMPORAL_NAMESPACE=${namespace} npm run temporal:setup`,
  );
}
