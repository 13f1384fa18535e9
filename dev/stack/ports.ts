import { findFreePort, isPortFree, LOOPBACK } from '../process/ports.ts';

/** The TCP ports of the stack, all on 127.0.0.1. */
export interface Ports {
  readonly api: number;
  readonly temporal: number;
  readonly temporalUi: number;
  readonly sandbox: number;
  readonly postgres: number;
}

const VARIABLES: Record<keyof Ports, { readonly name: string; readonly standard: number }> = {
  api: { name: 'PORT', standard: 8080 },
  temporal: { name: 'TEMPORAL_PORT', standard: 7233 },
  temporalUi: { name: 'TEMPORAL_UI_PORT', standard: 8233 },
  sandbox: { name: 'SANDBOX_PORT', standard: 4566 },
  postgres: { name: 'POSTGRES_PORT', standard: 5433 },
};

const NAMES = Object.keys(VARIABLES) as (keyof Ports)[];

function readPort(name: keyof Ports, environment: NodeJS.ProcessEnv): number {
  const variable = VARIABLES[name];
  const text = environment[variable.name] || String(variable.standard);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${variable.name} is ${text}; it must be a TCP port, 1 to 65535`);
  return port;
}

/** The ports from the environment, or the default numbers. Throws if a value is not a port. */
export function portsFromEnvironment(environment: NodeJS.ProcessEnv): Ports {
  return Object.fromEntries(NAMES.map((name) => [name, readPort(name, environment)])) as unknown as Ports;
}

/** Free ports. */
export async function freePorts(): Promise<Ports> {
  return Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await findFreePort()]))) as Ports;
}

/** Throws if a port is taken, or if two are the same. The error names the variable that changes it. */
export async function checkPorts(ports: Ports, needed: readonly (keyof Ports)[] = NAMES): Promise<void> {
  const faults: string[] = [];
  const seen = new Map<number, string>();
  for (const name of needed) {
    const variable = VARIABLES[name].name;
    const port = ports[name];
    const twin = seen.get(port);
    if (twin !== undefined) faults.push(`${variable} and ${twin} are both ${port}: give one of them another number`);
    else if (!(await isPortFree(port))) faults.push(`port ${port} on ${LOOPBACK} is taken: set ${variable} to a free one`);
    seen.set(port, variable);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
