import { isDeepStrictEqual } from 'node:util';
import type { Call } from '../../core/service.ts';
import { validationError } from '../errors.ts';
import { list, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { requireOrganization, requireStackSet } from './access.ts';
import { invalidOperation } from './errors.ts';
import { readPreferences } from './preferences.ts';
import { begin, earlierOperation, requireIdle } from './request.ts';
import { readAutoDeployment, readManagedExecution, readRoles, readSource } from './source.ts';
import { keyOf } from './state.ts';
import type { StackSet } from './state.ts';
import { accountsOf, readAccounts, readRegions, readUnits, targetsIn } from './targets.ts';
import type { Target } from './targets.ts';

/**
 * UpdateStackSet: changes the stack set, marks every instance OUTDATED when template or parameters changed, and updates all
 * instances, or only the named ones.
 */
export function updateStackSet(input: Input, call: Call): unknown {
  const set = requireStackSet(call, input, requiredText(input, 'StackSetName'));
  const earlier = earlierOperation(set, input);
  if (earlier) return { OperationId: earlier.id };
  const model = text(input, 'PermissionModel') ?? set.permissionModel;
  if (model !== set.permissionModel) throw invalidOperation('The sandbox does not change the permission model of a stack set.');
  const { source, capabilities } = readSource(input, set);
  const targets = meantBy(input, call, set);
  const preferences = readPreferences(input);
  requireIdle(set);

  const hasChanged = !isDeepStrictEqual([source.templateBody, source.parameters], [set.source.templateBody, set.source.parameters]);
  set.source = source;
  set.capabilities = capabilities;
  Object.assign(set, readRoles(input, set.permissionModel));
  const description = text(input, 'Description');
  if (description !== undefined) set.description = description;
  if (input.AutoDeployment !== undefined) Object.assign(set, { autoDeployment: readAutoDeployment(input, set.permissionModel) });
  if (input.ManagedExecution !== undefined) set.managedExecution = readManagedExecution(input);
  if (hasChanged) for (const instance of set.instances.values()) if (instance.status === 'CURRENT') instance.status = 'OUTDATED';
  return { OperationId: begin(call.world, set, { action: 'UPDATE', preferences, targets, input }) };
}

/** All instances unless some are named. An instance that a failed deletion left unstable is skipped. Throws ValidationError. */
function meantBy(input: Input, call: Call, set: StackSet): Target[] {
  const usable = [...set.instances.values()].filter(({ status }) => status !== 'INOPERABLE');
  const isNamed = list(input, 'Accounts').length > 0 || input.DeploymentTargets !== undefined;
  if (isNamed && input.AutoDeployment !== undefined) {
    throw validationError("If you specify AutoDeployment, don't specify DeploymentTargets or Regions");
  }
  if (!isNamed) return usable.map(({ account, region, unitId }) => ({ account, region, ...(unitId === undefined ? {} : { unitId }) }));
  const regions = readRegions(input, set);
  const accounts = set.permissionModel === 'SELF_MANAGED' ? readAccounts(input) : accountsIn(input, call, set);
  return targetsIn(accounts, regions).filter((target) => usable.some((one) => keyOf(one) === keyOf(target)));
}

function accountsIn(input: Input, call: Call, set: StackSet): Map<string, string> {
  const organization = requireOrganization(call.world, set.accountId);
  return accountsOf(organization, readUnits(input, organization));
}
