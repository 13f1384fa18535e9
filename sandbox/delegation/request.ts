/** The life of a delegation request: states, timeouts and notifications (temporary-delegation-building-integration.html). */
import { randomBytes } from 'node:crypto';
import type { World } from '../core/world.ts';
import { notifyExchangeToken, notifyState } from './notify.ts';
import { delegationState } from './state.ts';
import type { DelegationRequestState, StoredDelegationRequest } from './state.ts';

const day = 24 * 3600 * 1000;

/** How long each state lasts before the request expires, in milliseconds. */
const lifetimes: Record<Exclude<DelegationRequestState, 'EXPIRED'>, number> = {
  UNASSIGNED: day,
  ASSIGNED: 7 * day,
  PENDING_APPROVAL: 7 * day,
  ACCEPTED: 7 * day,
  FINALIZED: 7 * day,
  REJECTED: 7 * day,
};

/** The moment until which a request may stay in a state that it enters now. */
export function expiryOf(state: keyof typeof lifetimes, enteredAt: number): number {
  return enteredAt + lifetimes[state];
}

export function requestArn(request: StoredDelegationRequest, accountId = request.ownerAccountId): string {
  return `arn:aws:iam::${accountId ?? ''}:delegation-request/${request.id}`;
}

/** Moves a request into a state and notifies the partner. */
export function enterState(world: World, request: StoredDelegationRequest, state: DelegationRequestState, at = world.now()): void {
  request.state = state;
  // Two changes never carry the same moment, so that a partner can order them by UpdatedAt (IAM User Guide, "Temporary delegation").
  request.updatedAt = Math.max(at, request.updatedAt + 1);
  if (state === 'EXPIRED') delete request.expiresAt;
  else request.expiresAt = expiryOf(state, request.updatedAt);
  world.touch();
  notifyState(world, request);
}

/** Releases the exchange token: the delegation period starts now, whenever the token is redeemed (IAM User Guide, "Temporary delegation"). */
export function releaseToken(world: World, request: StoredDelegationRequest): void {
  const releasedAt = Math.max(world.now(), request.updatedAt + 1);
  const expiresAt = releasedAt + request.sessionDurationSeconds * 1000;
  request.token = { value: makeToken(request, expiresAt), releasedAt, expiresAt, revoked: false };
  enterState(world, request, 'FINALIZED', releasedAt);
  notifyExchangeToken(world, request);
}

/** Expires every request whose time is over; the moment of the change is when it was due, not when it was noticed. */
export function expireDue(world: World): void {
  const now = world.now();
  for (const request of delegationState.of(world).requests.values()) {
    if (request.expiresAt !== undefined && request.expiresAt <= now) enterState(world, request, 'EXPIRED', request.expiresAt);
  }
}

// Looks like the documentation's `eyJ…`; partners must treat it as opaque.
function makeToken(request: StoredDelegationRequest, expiresAt: number): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    sub: request.id,
    aud: request.partnerAccountId,
    exp: Math.floor(expiresAt / 1000),
    jti: randomBytes(16).toString('hex'),
  };
  return `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}.${randomBytes(64).toString('base64url')}`;
}
