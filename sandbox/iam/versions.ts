/**
 * Roles and users as STS and the policy evaluator see them: IAM's state of a moment ago
 * (troubleshoot.html, "Changes that I make are not always immediately visible").
 */
import { controlState } from '../control/state.ts';
import type { HasState } from '../core/state.ts';
import type { World } from '../core/world.ts';
import { policyText } from './documents.ts';
import { preparedPrincipal } from './prepared.ts';
import { iamState } from './state.ts';
import type { Principal, PrincipalVersion, Role } from './state.ts';

/** undefined: no such principal is visible (yet, or any more). */
export function visiblePrincipal(world: HasState, arn: string): NonNullable<PrincipalVersion['principal']> | undefined {
  const now = Date.now();
  const versions = iamState.of(world).versions.get(arn);
  if (!versions) return preparedPrincipal(iamState.of(world), arn);
  return versions.findLast((version) => version.visibleAt <= now)?.principal ?? undefined;
}

/** To be called after every change of a role or user. */
export function publishPrincipal(world: World, principal: Principal | Role): void {
  publish(world, principal.arn, {
    id: principal.id,
    ...('trustPolicy' in principal ? { trustPolicy: principal.trustPolicy, maxSessionDuration: principal.maxSessionDuration } : {}),
    policies: [
      ...principal.inline.values(),
      ...principal.attached.map((arn) => policyText(world, arn)).filter((text) => text !== undefined),
    ],
    ...(principal.boundary === undefined ? {} : { boundary: policyText(world, principal.boundary) ?? '' }),
    tags: new Map(principal.tags),
  });
}

export function publishRemoval(world: World, arn: string): void {
  publish(world, arn, null);
}

function publish(world: World, arn: string, principal: PrincipalVersion['principal']): void {
  const versions = iamState.of(world).versions;
  const now = Date.now();
  const visibleAt = now + controlState.of(world).limits.iamPropagationMs;
  const known = versions.get(arn) ?? [];
  // The newest of the visible ones is still what is seen; anything older is history.
  const current = known.findLastIndex((version) => version.visibleAt <= now);
  const kept = known.slice(Math.max(current, 0)).filter((version) => version.visibleAt <= visibleAt);
  if (principal === null && visibleAt === now) versions.delete(arn);
  else versions.set(arn, [...kept, { visibleAt, principal }]);
  world.touch();
}
