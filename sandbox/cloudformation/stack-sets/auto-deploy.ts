/**
 * AutoDeployment: accounts that enter a target OU get the stack, and accounts that leave it lose the stack
 * (API model, AutoDeployment).
 */
import type { World } from '../../core/world.ts';
import type { Organization } from '../../organizations/state.ts';
import { organizationOf } from '../../organizations/tree.ts';
import { isCurrent, stackSetsOf } from './access.ts';
import { begin } from './request.ts';
import { workOn } from './run.ts';
import { keyOf } from './state.ts';
import type { Preferences, StackSet } from './state.ts';
import { accountsOf, targetsIn } from './targets.ts';
import type { Target } from './targets.ts';

/** Interval between two looks at an organization. AWS is notified of changes, also with some delay. */
const lookEveryMs = 200;
/** AWS documents no preferences of its own for these; one account's failure must not keep the stack from the others. */
const preferences: Preferences = {
  MaxConcurrentPercentage: 100,
  FailureTolerancePercentage: 100,
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
};

/** Takes up operations that a restart has interrupted, and watches organizations. The returned function ends that. */
export function startStackSets(world: World): () => void {
  /** The revision of its organization that a stack set has seen. */
  const seen = new WeakMap<StackSet, number>();
  const look = (): void => {
    for (const set of stackSetsOf(world).values()) {
      const organization = set.autoDeployment?.enabled && set.status === 'ACTIVE' ? organizationOf(world, set.accountId) : undefined;
      if (!organization || seen.get(set) === organization.revision || !isCurrent(world, set)) continue;
      seen.set(set, organization.revision);
      follow(world, set, organization);
    }
  };
  for (const set of stackSetsOf(world).values()) workOn(world, set);
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

function follow(world: World, set: StackSet, organization: Organization): void {
  const wanted = new Map<string, Target>();
  for (const { unitId, regions, except } of set.autoTargets) {
    const accounts = organization.units.has(unitId) || unitId === organization.rootId ? [unitId] : [];
    const found = accountsOf(organization, { unitIds: accounts, accounts: except, filter: 'DIFFERENCE' });
    for (const target of targetsIn(found, regions)) if (!wanted.has(keyOf(target))) wanted.set(keyOf(target), target);
  }
  const isActive = ({ account }: Target): boolean => organization.accounts.get(account)?.state === 'ACTIVE';
  const arrived = [...wanted.values()].filter((target) => isActive(target) && !set.instances.has(keyOf(target)));
  if (arrived.length > 0) begin(world, set, { action: 'CREATE', preferences, targets: arrived });
  // Only what came by a unit goes with it; instances picked account by account stand for themselves.
  const units = new Set(set.autoTargets.map(({ unitId }) => unitId));
  const left = [...set.instances.values()].filter((one) => units.has(one.unitId ?? '') && !wanted.has(keyOf(one)));
  const retainStacks = set.autoDeployment!.retainStacksOnAccountRemoval;
  const targets = left.map(({ account, region, unitId }) => ({ account, region, ...(unitId === undefined ? {} : { unitId }) }));
  if (targets.length > 0) begin(world, set, { action: 'DELETE', preferences, targets, retainStacks });
}
