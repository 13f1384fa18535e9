/** Creating, updating and deleting the instances of a stack set. */
import type { Call } from '../../core/service.ts';
import { validationError } from '../errors.ts';
import { flag, list, requiredText } from '../input.ts';
import type { Input } from '../input.ts';
import type { GivenParameter } from '../template/parameters.ts';
import { requireOrganization, requireStackSet } from './access.ts';
import { requireTargets } from './authorize.ts';
import { instanceNotFound, limitExceeded } from './errors.ts';
import { readPreferences } from './preferences.ts';
import { begin, earlierOperation, requireIdle } from './request.ts';
import { keyOf } from './state.ts';
import type { StackInstance, StackSet } from './state.ts';
import { accountsOf, forgetUnits, readAccounts, readRegions, readUnits, rememberUnits, targetsIn } from './targets.ts';
import type { Target, UnitTargets } from './targets.ts';

/** Stack instances per stack set (CloudFormation User Guide, "Understand CloudFormation quotas"). */
const maxInstances = 100_000;

interface Meant {
  targets: Target[];
  regions: string[];
  /** For service-managed stack sets. */
  units?: UnitTargets;
}

/** CreateStackInstances: instances that are there already are brought up to date. */
export function createStackInstances(input: Input, call: Call): unknown {
  const set = requireStackSet(call, input, requiredText(input, 'StackSetName'));
  const earlier = earlierOperation(set, input);
  if (earlier) return { OperationId: earlier.id };
  const { targets, regions, units } = meantBy(input, call, set);
  if (units?.filter === 'UNION') throw validationError('AccountFilterType UNION is not supported for CreateStackInstances');
  const overrides = readOverrides(input, set);
  const preferences = readPreferences(input);
  requireIdle(set);
  const added = targets.filter((target) => !set.instances.has(keyOf(target))).length;
  if (set.instances.size + added > maxInstances) throw limitExceeded(`Limit for stack instances has been exceeded (${maxInstances})`);
  if (units) rememberUnits(set, units, regions);
  const OperationId = begin(call.world, set, { action: 'CREATE', preferences, targets, input });
  override(set, targets, overrides);
  return { OperationId };
}

/** UpdateStackInstances: other parameter values for instances that are there. */
export function updateStackInstances(input: Input, call: Call): unknown {
  const set = requireStackSet(call, input, requiredText(input, 'StackSetName'));
  const earlier = earlierOperation(set, input);
  if (earlier) return { OperationId: earlier.id };
  const { targets, units } = meantBy(input, call, set);
  const there = targets.filter((target) => set.instances.has(keyOf(target)));
  // A unit's accounts with an instance; each account that is named singly must have an instance.
  const missing = units ? undefined : targets.find((target) => !set.instances.has(keyOf(target)));
  if (missing) throw instanceNotFound(missing.account, missing.region);
  const overrides = readOverrides(input, set);
  const preferences = readPreferences(input);
  requireIdle(set);
  const OperationId = begin(call.world, set, { action: 'UPDATE', preferences, targets: there, input });
  override(set, there, overrides);
  return { OperationId };
}

/** DeleteStackInstances: with RetainStacks the stacks stay, and no stack set owns them. */
export function deleteStackInstances(input: Input, call: Call): unknown {
  const set = requireStackSet(call, input, requiredText(input, 'StackSetName'));
  const earlier = earlierOperation(set, input);
  if (earlier) return { OperationId: earlier.id };
  if (input.RetainStacks === undefined) {
    throw validationError(
      "1 validation error detected: Value null at 'retainStacks' failed to satisfy constraint: Member must not be null",
    );
  }
  const { targets, regions, units } = meantBy(input, call, set);
  const preferences = readPreferences(input);
  requireIdle(set);
  // An account that has left the unit since still has its instance from there.
  const byUnit = units ? [...set.instances.values()].filter((one) => isOf(one, units, regions)) : [];
  const meant = new Map(
    [...targets, ...byUnit].map(({ account, region, unitId }) => [keyOf({ account, region }), { account, region, unitId }]),
  );
  const there = [...meant.values()].filter((target) => set.instances.has(keyOf(target)));
  if (units) forgetUnits(set, units, regions);
  const OperationId = begin(call.world, set, {
    action: 'DELETE',
    preferences,
    targets: there.map(({ unitId, ...target }) => ({ ...target, ...(unitId === undefined ? {} : { unitId }) })),
    retainStacks: flag(input, 'RetainStacks'),
    input,
  });
  return { OperationId };
}

function isOf({ account, region, unitId = '' }: StackInstance, { unitIds, accounts, filter }: UnitTargets, regions: string[]): boolean {
  if (!regions.includes(region) || !unitIds.includes(unitId)) return false;
  return filter === 'INTERSECTION' ? accounts.includes(account) : filter !== 'DIFFERENCE' || !accounts.includes(account);
}

function meantBy(input: Input, call: Call, set: StackSet): Meant {
  const regions = readRegions(input, set);
  if (set.permissionModel === 'SELF_MANAGED') {
    const accounts = readAccounts(input);
    requireTargets(call, set, accounts, regions);
    return { targets: targetsIn(accounts, regions), regions };
  }
  const organization = requireOrganization(call.world, set.accountId);
  const units = readUnits(input, organization);
  requireTargets(call, set, units.filter === 'INTERSECTION' ? units.accounts : units.unitIds, regions);
  return { targets: targetsIn(accountsOf(organization, units), regions), regions, units };
}

/** undefined leaves the present values; "specify a parameter list but don't include the parameter" sets it back. Throws ValidationError. */
function readOverrides(input: Input, set: StackSet): GivenParameter[] | undefined {
  if (input.ParameterOverrides === undefined) return undefined;
  const overrides = list<GivenParameter>(input, 'ParameterOverrides');
  const unknown = overrides.filter(({ ParameterKey }) => !set.source.parameters.some(({ key }) => key === ParameterKey));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.map((one) => one.ParameterKey).join(', ')}] do not exist in the template`);
  }
  return overrides;
}

function override(set: StackSet, targets: readonly Target[], overrides: GivenParameter[] | undefined): void {
  if (overrides === undefined) return;
  for (const target of targets) {
    const instance = set.instances.get(keyOf(target))!;
    const before = new Map(instance.overrides.map(({ key, value }) => [key, value]));
    instance.overrides = overrides.flatMap(({ ParameterKey: key = '', ParameterValue, UsePreviousValue }) => {
      const value = String(UsePreviousValue) === 'true' ? before.get(key) : ParameterValue;
      return value === undefined ? [] : [{ key, value }];
    });
  }
}
