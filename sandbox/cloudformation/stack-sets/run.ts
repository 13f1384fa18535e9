/** Works through the operations of stack sets in the background: one at a time for each stack set, in the order of the requests. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { World } from '../../core/world.ts';
import { organizationOf } from '../../organizations/tree.ts';
import { isCurrent } from './access.ts';
import { deploy, remove } from './instance.ts';
import { concurrencyOf, toleranceOf } from './preferences.ts';
import { keyOf } from './state.ts';
import type { OperationResult, StackInstance, StackSet, StackSetOperation } from './state.ts';

const atWork = new WeakMap<StackSet, Promise<void>>();

export const isOpen = ({ status }: StackSetOperation): boolean => status === 'QUEUED' || status === 'RUNNING' || status === 'STOPPING';

/** Goes on with the stack set's oldest open operation, unless that is going on already. */
export function workOn(world: World, set: StackSet): void {
  if (atWork.has(set) || !isCurrent(world, set) || ![...set.operations.values()].some(isOpen)) return;
  const done = drain(world, set)
    .catch((error: unknown) => console.error(`sandbox: stack set ${set.id} failed`, error))
    .finally(() => {
      atWork.delete(set);
      // An operation may have come in after the last look.
      workOn(world, set);
    });
  atWork.set(set, done);
}

async function drain(world: World, set: StackSet): Promise<void> {
  for (;;) {
    const operation = [...set.operations.values()].find(isOpen);
    if (!operation || !isCurrent(world, set)) return;
    if (operation.status === 'QUEUED') operation.status = 'RUNNING';
    // A deployment that a restart interrupted runs again; it skips the steps that are done.
    for (const result of operation.results.values()) if (result.status === 'RUNNING') result.status = 'PENDING';
    await runOperation(world, set, operation);
  }
}

async function runOperation(world: World, set: StackSet, operation: StackSetOperation): Promise<void> {
  const { RegionOrder = [], RegionConcurrencyType } = operation.preferences;
  const named = [...operation.results.values()].map(({ region }) => region);
  const regions = [...new Set([...RegionOrder.filter((region) => named.includes(region)), ...named])];
  let isBroken = false;
  const runOne = async (region: string): Promise<void> => {
    // "StackSets doesn't attempt the operation in any subsequent Regions."
    if (isBroken) return cancelPending(set, operation, region);
    if (!(await runRegion(world, set, operation, region))) isBroken = true;
  };
  if (RegionConcurrencyType === 'PARALLEL') await Promise.all(regions.map(runOne));
  else for (const region of regions) await runOne(region);
  if (!isCurrent(world, set)) return;
  operation.status = operation.status === 'STOPPING' ? 'STOPPED' : isBroken ? 'FAILED' : 'SUCCEEDED';
  operation.endedAt = world.now();
  world.touch();
}

/** Works on a Region's accounts, several side by side. False when more failed than may. */
async function runRegion(world: World, set: StackSet, operation: StackSetOperation, region: string): Promise<boolean> {
  const results = [...operation.results.values()].filter((result) => result.region === region);
  const waiting = results.filter(({ status }) => status === 'PENDING');
  const { preferences } = operation;
  const tolerance = toleranceOf(preferences, results.length);
  let failures = results.filter(({ status }) => status === 'FAILED').length;
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const mayGoOn = failures <= tolerance && operation.status === 'RUNNING' && isCurrent(world, set);
    const room = mayGoOn ? concurrencyOf(preferences, results.length, failures) - running.size : 0;
    for (const result of waiting.splice(0, Math.max(0, room))) {
      const one = runInstance(world, set, operation, result)
        .then(() => void (result.status === 'FAILED' && failures++))
        .finally(() => running.delete(one));
      running.add(one);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (isCurrent(world, set)) cancelPending(set, operation, region);
  return failures <= tolerance;
}

async function runInstance(world: World, set: StackSet, operation: StackSetOperation, result: OperationResult): Promise<void> {
  // A thousand instances without any pause would keep every other caller waiting.
  await nextTurn();
  const key = keyOf(result);
  const instance = set.instances.get(key);
  if (!instance) return void (result.status = 'SUCCEEDED');
  if (isSuspended(world, set, result.account)) {
    operation.results.delete(key);
    Object.assign(instance, { status: 'OUTDATED', detailed: 'SKIPPED_SUSPENDED_ACCOUNT', reason: 'Account is suspended' });
    return;
  }
  result.status = 'RUNNING';
  instance.detailed = 'RUNNING';
  try {
    if (operation.action !== 'DELETE') await deploy(world, set, instance, operation.id);
    else if (!operation.retainStacks) await remove(world, set, instance, operation.id);
    if (!isCurrent(world, set)) return;
    result.status = 'SUCCEEDED';
    if (operation.action === 'DELETE') set.instances.delete(key);
    else settle(instance, 'CURRENT', 'SUCCEEDED');
  } catch (error) {
    if (!isCurrent(world, set)) return;
    const reason = error instanceof Error ? error.message : String(error);
    Object.assign(result, { status: 'FAILED', reason });
    // "A DeleteStackInstances operation has failed and left the stack in an unstable state."
    if (operation.action === 'DELETE') settle(instance, 'INOPERABLE', 'INOPERABLE', reason);
    else settle(instance, 'OUTDATED', 'FAILED', reason);
  }
  world.touch();
}

function settle(instance: StackInstance, status: StackInstance['status'], detailed: StackInstance['detailed'], reason?: string): void {
  Object.assign(instance, { status, detailed });
  if (reason === undefined) delete instance.reason;
  else instance.reason = reason;
}

function cancelPending(set: StackSet, operation: StackSetOperation, region: string): void {
  for (const [key, result] of operation.results) {
    if (result.region !== region || result.status !== 'PENDING') continue;
    Object.assign(result, { status: 'CANCELLED', reason: 'Cancelled since failure tolerance has exceeded or the operation was stopped' });
    const instance = set.instances.get(key);
    if (instance) settle(instance, 'OUTDATED', 'CANCELLED', result.reason);
  }
}

/** Suspended and closed accounts of the organization (API model, StackInstanceDetailedStatus). */
function isSuspended(world: World, set: StackSet, accountId: string): boolean {
  if (set.permissionModel === 'SELF_MANAGED') return false;
  const account = organizationOf(world, set.accountId)?.accounts.get(accountId);
  return account !== undefined && account.state !== 'ACTIVE';
}
