import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { anySignal } from '../../config/signals.ts';
import { ensureCluster } from '../postgres/cluster.ts';
import { ensureDatabase } from '../postgres/server.ts';
import { startChild } from '../process/child.ts';
import { tryLock } from '../process/lock.ts';
import type { Say } from '../temporal/cache.ts';
import { findTemporalCli } from '../temporal/cli.ts';
import { checkExistingServer } from '../temporal/dev-server.ts';
import { addressesOf, environmentsOf, type Environments } from './environment.ts';
import { openHome, replaceJson, rotateLogs, type Home } from './home.ts';
import { createCrew, sideBySide, type Crew } from './crew.ts';
import { endLeftovers } from './pids.ts';
import { checkPorts, freePorts, type Ports } from './ports.ts';
import { ensureSecrets } from './secrets.ts';
import * as services from './services.ts';
import { describeExit, serviceError, type Timings } from './supervisor.ts';

/** The content of `.muster/stack.json` while the stack is ready. */
export interface StackInfo {
  readonly apiUrl: string;
  readonly adminApiKey: string;
  readonly temporalAddress: string;
  /** Null if Temporal is not the stack's own. */
  readonly temporalUiUrl: string | null;
  readonly temporalNamespace: string;
  /** Path of the `temporal` program; null if Temporal is not the stack's own. */
  readonly temporalCli: string | null;
  readonly awsEndpointUrl: string;
  readonly databaseUrl: string;
  /** Process ids by name: launcher, api, worker, sandbox, postgres, and temporal if it is the stack's own. */
  readonly pids: Readonly<Record<string, number>>;
}

/** Options of a stack. */
export interface StackOptions {
  /** The data folder; created if it does not exist. */
  readonly home: string;
  /** Free ports by default. */
  readonly ports?: Ports;
  /** host:port of a Temporal server to use instead of starting one. */
  readonly temporalAddress?: string;
  readonly temporalNamespace?: string;
  /** False, for tests: faster, but a crash of the machine may lose data. True by default. */
  readonly durable?: boolean;
  /** True, for tests that never restart Temporal: it keeps its data in memory, which halves its work. False by default. */
  readonly temporalInMemory?: boolean;
  /** True to run the output of `npm run build`, as production does. False by default. */
  readonly built?: boolean;
  /** Environment variables to add or replace, by program. */
  readonly env?: Partial<Environments>;
  readonly timings?: Partial<Timings>;
  /** Receives lines of progress. Silent by default. */
  readonly say?: Say;
  /** Aborting it ends a start in progress and leaves nothing running. */
  readonly signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  /** Its addresses, first admin key and current process ids. */
  info(): StackInfo;
  /** Kills a program, by its name in `pids`, as a power cut would. It stays down until the returned function is called. For tests. */
  hold(name: string): Promise<() => void>;
  /** Stops everything in order: worker and API, sandbox, Temporal, Postgres. A second call waits for the same end. */
  stop(): Promise<void>;
}

const TIMINGS: Timings = { startMs: 60_000, stopMs: 15_000, restartMs: 500, maxRestartMs: 30_000 };

async function lockHome(home: Home): Promise<() => Promise<void>> {
  const attempt = await tryLock(home.lockFile);
  if ('lock' in attempt) return attempt.lock.release;
  throw new Error(
    `a stack already runs in ${home.folder} (launcher: process ${attempt.heldBy.pid}). Stop it, or set MUSTER_HOME to another folder`,
  );
}

function withOverrides(environments: Environments, overrides: Partial<Environments>): Environments {
  return Object.fromEntries(
    Object.entries(environments).map(([name, env]) => [name, { ...env, ...overrides[name as keyof Environments] }]),
  ) as unknown as Environments;
}

async function migrate(setting: services.Setting): Promise<void> {
  const program = services.migration(setting);
  const exit = await (await startChild(program.command, program.logFile)).exited;
  if (exit.code !== 0) throw serviceError(program, `failed (${describeExit(exit)})`);
}

/** Starts Postgres and migrates its database, and starts Temporal and the sandbox. */
async function startGround(
  crew: Crew,
  giveUp: AbortController,
  setting: services.Setting,
  postgresPassword: string,
  cli: string | undefined,
): Promise<void> {
  const { addresses, home } = setting;
  const database = async (): Promise<void> => {
    await ensureCluster(home.postgresData, postgresPassword);
    await crew.start(await services.postgresService(setting));
    await ensureDatabase(addresses.databaseServerUrl, addresses.databaseName);
    await migrate(setting);
  };
  const temporal = async (): Promise<void> => {
    if (cli === undefined) await checkExistingServer(setting.environments.worker);
    else await crew.start(await services.temporalService(setting, cli));
  };
  await sideBySide(giveUp, database(), temporal(), crew.start(services.sandboxService(setting)));
}

/**
 * Starts the whole product in one folder: Postgres, Temporal, the AWS sandbox, worker and API (S1). Each is a process group that the
 * stack restarts when it dies. Returns when all are ready. Throws if something is missing, and leaves nothing running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const say = options.say ?? (() => undefined);
  const giveUp = new AbortController();
  const signal = anySignal(giveUp.signal, ...(options.signal === undefined ? [] : [options.signal]));
  const home = openHome(resolve(options.home));
  const unlock = await lockHome(home);

  let ready: Omit<StackInfo, 'pids'> | undefined;
  const info = (): StackInfo => {
    if (ready === undefined) throw new Error('the stack is not ready');
    return { ...ready, pids: { launcher: process.pid, ...crew.pids() } };
  };
  const crew = createCrew({
    pidsFile: home.pidsFile,
    timings: { ...TIMINGS, ...options.timings },
    signal,
    say,
    onChange: () => {
      if (ready !== undefined) replaceJson(home.stackFile, info());
    },
  });
  const stopAll = async (): Promise<void> => {
    await crew.stop();
    await rm(home.stackFile, { force: true });
    await unlock();
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopAll());

  try {
    await rm(home.stackFile, { force: true });
    const ended = await endLeftovers(home.pidsFile);
    if (ended.length > 0) say(`ended programs that an earlier start left running: ${ended.join(', ')}`);
    rotateLogs(home);
    const secrets = ensureSecrets(home.secretsFile);
    const ports = options.ports ?? (await freePorts());
    const ownTemporal = options.temporalAddress === undefined;
    await checkPorts(ports, ownTemporal ? undefined : ['api', 'sandbox', 'postgres']);
    const addresses = addressesOf(ports, secrets, options.temporalNamespace ?? 'default', options.temporalAddress);
    const environments = withOverrides(environmentsOf(home, ports, addresses, secrets), options.env ?? {});
    const setting: services.Setting = {
      home,
      ports,
      addresses,
      environments,
      durable: options.durable ?? true,
      temporalInMemory: options.temporalInMemory ?? false,
      built: options.built ?? false,
    };

    const cli = ownTemporal ? await findTemporalCli(say, signal) : undefined;
    await startGround(crew, giveUp, setting, secrets.postgresPassword, cli);
    await sideBySide(giveUp, crew.start(services.workerService(setting)), crew.start(services.apiService(setting)));
    signal.throwIfAborted();

    const { apiUrl, temporalAddress, temporalUiUrl, temporalNamespace, awsEndpointUrl, databaseUrl } = addresses;
    const { adminApiKey } = secrets;
    const temporalCli = cli ?? null;
    ready = { apiUrl, adminApiKey, temporalAddress, temporalUiUrl, temporalNamespace, temporalCli, awsEndpointUrl, databaseUrl };
    replaceJson(home.stackFile, info());
    return { info, hold: crew.hold, stop };
  } catch (error) {
    await stop();
    throw signal.aborted ? signal.reason : error;
  }
}
