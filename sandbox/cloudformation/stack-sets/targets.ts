/** Which accounts and Regions a call means. */
import { partitionOf } from '../../core/regions.ts';
import type { Organization } from '../../organizations/state.ts';
import { accountsUnder } from '../../organizations/tree.ts';
import { validationError } from '../errors.ts';
import { list, text } from '../input.ts';
import type { Input } from '../input.ts';
import type { AutoTarget, StackSet } from './state.ts';

/** At most 50 OUs (CloudFormation User Guide, "StackSets"). */
const maxUnits = 50;

export interface Target {
  account: string;
  region: string;
  unitId?: string;
}

export interface UnitTargets {
  unitIds: string[];
  accounts: string[];
  filter: 'NONE' | 'INTERSECTION' | 'DIFFERENCE' | 'UNION';
}

/** Throws ValidationError for no Region, or one of another partition. */
export function readRegions(input: Input, { region }: StackSet): string[] {
  const regions = list<string>(input, 'Regions');
  if (regions.length === 0) {
    throw validationError("1 validation error detected: Value null at 'regions' failed to satisfy constraint: Member must not be null");
  }
  const foreign = regions.filter((one) => !/^[a-z]+(-[a-z]+)+-\d$/.test(one) || partitionOf(one) !== partitionOf(region));
  if (foreign.length > 0) throw validationError(`Region(s) [${foreign.join(', ')}] are not supported`);
  return [...new Set(regions)];
}

/** Accounts of a self-managed stack set's call. Throws ValidationError. */
export function readAccounts(input: Input): string[] {
  if (input.DeploymentTargets !== undefined) {
    throw validationError('DeploymentTargets can only be specified with SERVICE_MANAGED permission model');
  }
  const accounts = list<string>(input, 'Accounts');
  const malformed = accounts.filter((account) => !/^\d{12}$/.test(account));
  if (accounts.length === 0 || malformed.length > 0) throw validationError('Accounts must be a list of 12-digit account IDs');
  return [...new Set(accounts)];
}

/** DeploymentTargets of a service-managed stack set's call (API model). Throws ValidationError. */
export function readUnits(input: Input, organization: Organization): UnitTargets {
  if (list(input, 'Accounts').length > 0) {
    throw validationError('Accounts can only be specified with SELF_MANAGED permission model; use DeploymentTargets');
  }
  const targets = (input.DeploymentTargets ?? {}) as Input;
  if (text(targets, 'AccountsUrl') !== undefined)
    throw validationError('AccountsUrl must reference a valid S3 object to which you have access.');
  const unitIds = list<string>(targets, 'OrganizationalUnitIds');
  const accounts = list<string>(targets, 'Accounts');
  const filter = text(targets, 'AccountFilterType') ?? (accounts.length > 0 ? 'UNION' : 'NONE');
  if (unitIds.length === 0) throw validationError('OrganizationalUnitIds are required');
  if (unitIds.length > maxUnits) {
    throw validationError(
      `1 validation error detected: Value at 'deploymentTargets.organizationalUnitIds' failed to satisfy constraint: Member must have length less than or equal to ${maxUnits}`,
    );
  }
  const unknown = unitIds.filter((id) => id !== organization.rootId && !organization.units.has(id));
  if (unknown.length > 0) throw validationError(`Organizational units [${unknown.join(', ')}] do not exist`);
  if (filter !== 'NONE' && filter !== 'INTERSECTION' && filter !== 'DIFFERENCE' && filter !== 'UNION') {
    throw validationError(`Value '${filter}' at 'deploymentTargets.accountFilterType' is not supported`);
  }
  return { unitIds, accounts, filter };
}

/** The accounts that units mean, each with the unit it was found in: never the management account (CloudFormation User Guide, "StackSets"). */
export function accountsOf(organization: Organization, { unitIds, accounts, filter }: UnitTargets): Map<string, string> {
  const found = new Map<string, string>();
  for (const unitId of unitIds) {
    for (const account of accountsUnder(organization, unitId)) if (!found.has(account)) found.set(account, unitId);
  }
  found.delete(organization.managementAccountId);
  const isNamed = (account: string): boolean => accounts.includes(account);
  const isMeant = (account: string): boolean =>
    filter === 'INTERSECTION' ? isNamed(account) : filter === 'DIFFERENCE' ? !isNamed(account) : true;
  return new Map([...found].filter(([account]) => isMeant(account)));
}

/** Every account in every Region. */
export function targetsIn(accounts: ReadonlyMap<string, string> | readonly string[], regions: readonly string[]): Target[] {
  const units = Array.isArray(accounts) ? new Map<string, string>() : (accounts as ReadonlyMap<string, string>);
  const ids = Array.isArray(accounts) ? (accounts as string[]) : [...units.keys()];
  return regions.flatMap((region) =>
    ids.map((account) => {
      const unitId = units.get(account);
      return { account, region, ...(unitId === undefined ? {} : { unitId }) };
    }),
  );
}

/** Remembers units for accounts that arrive later. Accounts picked one by one by INTERSECTION stand for themselves. */
export function rememberUnits(set: StackSet, units: UnitTargets, regions: string[]): void {
  if (units.filter === 'INTERSECTION') return;
  const except = units.filter === 'DIFFERENCE' ? units.accounts : [];
  for (const unitId of units.unitIds) {
    const known = set.autoTargets.find((target) => target.unitId === unitId);
    const target: AutoTarget = { unitId, regions: [...new Set([...(known?.regions ?? []), ...regions])], except };
    if (known) Object.assign(known, target);
    else set.autoTargets.push(target);
  }
}

/** Forgets units whose instances are deleted. */
export function forgetUnits(set: StackSet, { unitIds, filter }: UnitTargets, regions: string[]): void {
  if (filter !== 'NONE') return;
  for (const target of set.autoTargets) {
    if (unitIds.includes(target.unitId)) target.regions = target.regions.filter((region) => !regions.includes(region));
  }
  set.autoTargets = set.autoTargets.filter((target) => target.regions.length > 0);
}
