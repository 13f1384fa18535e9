import { join } from 'node:path';
import type { Command } from '../process/child.ts';
import { postgresCommand, waitForPostgres } from '../postgres/server.ts';
import { devServerCommand, portOption, waitForDevServer } from '../temporal/dev-server.ts';
import type { Addresses, Environments } from './environment.ts';
import { PROJECT_ROOT, type Home } from './home.ts';
import type { Ports } from './ports.ts';
import { waitForHttp, waitForPort, waitForReadyMessage } from './probes.ts';
import type { Service } from './supervisor.ts';

/** The settings of all programs of one stack. */
export interface Setting {
  readonly home: Home;
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly environments: Environments;
  readonly durable: boolean;
  /** True: Temporal keeps its data in memory and loses it when it ends. */
  readonly temporalInMemory: boolean;
  /** True: our programs run from the output of `npm run build`, as in production. False: from their sources. */
  readonly built: boolean;
}

function logFile(home: Home, name: string): string {
  return join(home.logs, `${name}.log`);
}

/** The file of one of our programs: its source, or its built form. */
function programFile(script: string, built: boolean): string {
  return built ? join(PROJECT_ROOT, 'dist', script.replace(/\.ts$/, '.js')) : join(PROJECT_ROOT, script);
}

function nodeProgram(script: string, env: NodeJS.ProcessEnv, options: { ipc: boolean; built: boolean }): Command {
  const { ipc, built } = options;
  return {
    command: process.execPath,
    args: [...(built ? [] : ['--import', 'tsx']), programFile(script, built)],
    cwd: PROJECT_ROOT,
    env: built ? { ...env, NODE_ENV: 'production' } : env,
    stopSignal: 'SIGTERM',
    ipc,
  };
}

/** The embedded Postgres. Its data must exist. */
export async function postgresService({ home, ports, addresses, durable }: Setting): Promise<Service> {
  return {
    name: 'postgres',
    command: await postgresCommand({ dataDir: home.postgresData, port: ports.postgres, durable }),
    mark: home.postgresData,
    logFile: logFile(home, 'postgres'),
    ready: (_child, signal) => waitForPostgres(addresses.databaseServerUrl, signal),
  };
}

/** Temporal's dev server with its UI. */
export async function temporalService({ home, ports, addresses, durable, temporalInMemory }: Setting, cli: string): Promise<Service> {
  const { temporalAddress, temporalNamespace: namespace } = addresses;
  const data = temporalInMemory ? {} : { dataFile: home.temporalData, durable };
  return {
    name: 'temporal',
    command: await devServerCommand({ cli, port: ports.temporal, uiPort: ports.temporalUi, namespace, ...data }),
    mark: temporalInMemory ? portOption(ports.temporal) : home.temporalData,
    logFile: logFile(home, 'temporal'),
    ready: (_child, signal) => waitForDevServer(temporalAddress, namespace, signal),
    // It chooses the ports of its inner services. Another program may take one before it listens.
    maxFirstStarts: 3,
  };
}

/** The AWS sandbox. */
export function sandboxService({ home, ports, environments }: Setting): Service {
  return {
    name: 'sandbox',
    command: nodeProgram('sandbox/main.ts', environments.sandbox, { ipc: false, built: false }),
    mark: join(PROJECT_ROOT, 'sandbox/main.ts'),
    logFile: logFile(home, 'sandbox'),
    ready: (_child, signal) => waitForPort(ports.sandbox, signal),
  };
}

/** The Temporal worker with its queue intake and reconciler. It listens on no port, and sends a message when it is ready. */
export function workerService({ home, environments, built }: Setting): Service {
  return {
    name: 'worker',
    command: nodeProgram('worker/main.ts', environments.worker, { ipc: true, built }),
    mark: programFile('worker/main.ts', built),
    logFile: logFile(home, 'worker'),
    ready: waitForReadyMessage,
  };
}

/** The HTTP API. */
export function apiService({ home, addresses, environments, built }: Setting): Service {
  return {
    name: 'api',
    command: nodeProgram('api/main.ts', environments.api, { ipc: false, built }),
    mark: programFile('api/main.ts', built),
    logFile: logFile(home, 'api'),
    ready: (_child, signal) => waitForHttp(`${addresses.apiUrl}/health/ready`, signal),
  };
}

/** The program that migrates the database and ends. */
export function migration({ home, environments, built }: Setting): { name: string; command: Command; logFile: string } {
  return {
    name: 'migrate',
    command: nodeProgram('db/migrate.ts', environments.migrate, { ipc: false, built }),
    logFile: logFile(home, 'migrate'),
  };
}
