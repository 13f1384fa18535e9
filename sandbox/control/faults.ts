/** Faults on request (POST /_sandbox/faults). */
import { setTimeout as sleep } from 'node:timers/promises';
import { accessDenied, internalFailure, throttled } from '../core/errors.ts';
import { accountOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { ServiceName } from '../core/service-name.ts';
import type { World } from '../core/world.ts';
import { controlState } from './state.ts';
import type { Fault } from './state.ts';

export interface StruckCall {
  service: ServiceName;
  operation: string;
  /** The caller's account. */
  accountId: string;
  callerArn: string;
  input: Record<string, unknown>;
}

/**
 * Lets every matching fault strike a call: waits out delays, then throws the first error among them. `drop` asks the
 * server to carry the call out and lose the answer: to a client the harder of the two ways in which a connection dies.
 */
export async function strike(world: World, call: StruckCall): Promise<{ drop: boolean }> {
  const struck = controlState.of(world).faults.filter((fault) => matches(fault, call) && Math.random() < fault.rate);
  if (struck.length === 0) return { drop: false };
  for (const fault of struck) if (fault.times !== undefined) fault.times -= 1;
  controlState.of(world).faults = controlState.of(world).faults.filter((fault) => fault.times === undefined || fault.times > 0);
  world.touch();

  for (const fault of struck) if (fault.kind === 'delay') await outlast(world, fault);
  for (const { kind } of struck) {
    if (kind === 'throttle') throw throttled(call.service);
    if (kind === 'error') throw internalFailure(call.service);
    if (kind === 'access_denied') throw accessDenied(call.service, denial(call));
    // RegionDisabledException of STS's API model, 403.
    if (kind === 'region_disabled') {
      throw new AwsError('RegionDisabledException', `STS is not activated in this region for account:${call.accountId}.`, 403);
    }
  }
  return { drop: struck.some(({ kind }) => kind === 'drop') };
}

/** Interval at which a delayed call checks whether it may continue. */
const lookEveryMs = 20;

/** Waits until a delay is over or its fault is removed. A fault with `times` may be used up; then only time ends the delay. */
async function outlast(world: World, fault: Fault): Promise<void> {
  const until = Date.now() + fault.ms;
  const isHeld = (): boolean => Date.now() < until && (fault.times !== undefined || controlState.of(world).faults.includes(fault));
  while (isHeld()) await sleep(lookEveryMs, undefined, { ref: false });
}

/**
 * Applies faults to a call that a service starts on its own, such as StackSets' call into a member account. A delay holds the
 * call until it is over or its fault is removed, and access_denied denies it. A service would retry every other fault, so the
 * others do nothing. Ends early when `isWanted` says so.
 */
export async function strikeOwnCall(world: World, call: StruckCall, isWanted: () => boolean): Promise<void> {
  const begunAt = Date.now();
  const striking = (): Fault[] => controlState.of(world).faults.filter((fault) => matches(fault, call));
  const isHeld = (): boolean => striking().some(({ kind, ms }) => kind === 'delay' && Date.now() < begunAt + ms);
  while (isWanted() && isHeld()) await sleep(lookEveryMs, undefined, { ref: false });
  if (striking().some(({ kind }) => kind === 'access_denied')) throw accessDenied(call.service, denial(call));
}

function matches(fault: Fault, call: StruckCall): boolean {
  return (
    (fault.service === undefined || fault.service === call.service) &&
    (fault.operation === undefined || fault.operation === call.operation) &&
    (fault.accountId === undefined || fault.accountId === call.accountId || namedAccounts(call.input).has(fault.accountId))
  );
}

/** Inputs that hold an account's id, or may hold one. */
const accountFields = new Set(['OwnerAccountId', 'AccountId', 'ChildId', 'ResourceId', 'TargetId']);

/** The accounts that a call is about: AssumeRole's role is in another account than its caller. */
function namedAccounts(input: Record<string, unknown>): Set<string> {
  const accounts = new Set<string>();
  for (const [key, value] of Object.entries(input)) {
    if (typeof value !== 'string') continue;
    if (value.startsWith('arn:')) accounts.add(accountOfArn(value));
    else if (accountFields.has(key)) accounts.add(value);
  }
  return accounts;
}

function denial(call: StruckCall): string {
  const resource = [call.input.RoleArn, call.input.PolicySourceArn, '*'].find((value) => typeof value === 'string') as string;
  return `User: ${call.callerArn} is not authorized to perform: ${call.service === 'tagging' ? 'tag' : call.service}:${call.operation} on resource: ${resource}`;
}
