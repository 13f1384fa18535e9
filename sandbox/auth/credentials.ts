/** Issuing, finding and ending credentials. */
import { secretKey, sessionToken, uniqueId } from '../core/ids.ts';
import type { Caller } from '../core/caller.ts';
import type { World } from '../core/world.ts';
import { stsState } from '../sts/state.ts';
import type { IssuedCredentials } from '../sts/state.ts';

/** The administrator behind an access key id of 12 digits: all rights in its own account, root's ARN. */
export function administrator(accountId: string, partition: string = 'aws'): Caller {
  const arn = `arn:${partition}:iam::${accountId}:root`;
  return { accountId, arn, userId: accountId, principalArn: arn, kind: 'administrator', sessionPolicies: [] };
}

/** Makes temporary credentials that act as `caller` until its expiresAt. */
export function issueTemporary(world: World, caller: Caller): IssuedCredentials {
  removeExpired(world);
  return store(world, { accessKeyId: uniqueId('ASIA', 16), secretAccessKey: secretKey(), sessionToken: sessionToken(), caller });
}

/** Makes a user's long-lived access key. */
export function issueLongLived(world: World, caller: Caller): IssuedCredentials {
  return store(world, { accessKeyId: uniqueId('AKIA', 16), secretAccessKey: secretKey(), caller });
}

function store(world: World, credentials: IssuedCredentials): IssuedCredentials {
  stsState.of(world).credentials.set(credentials.accessKeyId, credentials);
  world.touch();
  return credentials;
}

export function revoke(world: World, pick: (caller: Caller) => boolean): void {
  for (const [id, { caller }] of stsState.of(world).credentials) {
    if (pick(caller)) stsState.of(world).credentials.delete(id);
  }
  world.touch();
}

/** Delegated sessions live on the delegation clock, which tests move; all others on the real one, so that moving it does not end the worker's own. */
export function isExpired(world: World, caller: Caller): boolean {
  if (caller.expiresAt === undefined) return false;
  return caller.expiresAt <= (caller.kind === 'delegated' ? world.now() : Date.now());
}

/** Expired credentials answer ExpiredToken for a day. After that they are removed, so that a long-running sandbox does not fill up. */
function removeExpired(world: World): void {
  const credentials = stsState.of(world).credentials;
  const day = 24 * 3600 * 1000;
  // Insertion order is age: looking at the oldest few each time keeps the work constant.
  let looked = 0;
  for (const [id, { caller }] of credentials) {
    if (++looked > 4) break;
    if (caller.expiresAt !== undefined && caller.expiresAt + day < Math.min(Date.now(), world.now())) credentials.delete(id);
  }
}
