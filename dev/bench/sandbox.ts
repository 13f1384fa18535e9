import { control, type MadeOrganization } from '../demo/sandbox.ts';
import type { Case } from './options.ts';

/** Prepares the sandbox for a case: a new organization with full buckets, and the rates of the case. */
export async function prepareSandbox(endpoint: string, { accounts, organizationalUnits, way }: Case): Promise<MadeOrganization> {
  await setRates(endpoint, way === 'unlimited' ? 'off' : 'aws');
  await control(endpoint, 'DELETE', '/faults');
  // Without access to the tagging API, Muster reads the tags account by account.
  if (way === 'by-account') await control(endpoint, 'POST', '/faults', { service: 'tagging', kind: 'access_denied' });
  return await control(endpoint, 'POST', '/organizations', { accounts, ous: organizationalUnits, tagsPerAccount: 3 });
}

/** Applies AWS's published rates, or lifts them. */
export async function setRates(endpoint: string, mode: 'aws' | 'off'): Promise<void> {
  await control(endpoint, 'PUT', '/limits', { mode });
}

/** Delays each answer by this many milliseconds. */
export async function setLatency(endpoint: string, latencyMs: number): Promise<void> {
  await control(endpoint, 'PUT', '/limits', { latencyMs });
}

/** Calls to AWS by service and operation, throttled calls included. */
export type Calls = Record<string, { count: number; throttled: number }>;

/** Counts the calls that `run` makes. */
export async function callsOf(endpoint: string, run: () => Promise<void>): Promise<Calls> {
  await control(endpoint, 'DELETE', '/calls');
  await run();
  const services = await control<Record<string, Calls>>(endpoint, 'GET', '/calls');
  const all = Object.entries(services).flatMap(([service, operations]) =>
    Object.entries(operations).map(([operation, count]) => [`${service}:${operation}`, count] as const),
  );
  // The worker always polls its queue and reads its own identity.
  return Object.fromEntries(all.filter(([name]) => !/^(sqs|sns|imds):/.test(name)));
}
