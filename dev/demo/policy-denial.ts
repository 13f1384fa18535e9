import { expectAccounts, findClouds, type Cloud } from './clouds.ts';
import type { ImportedOrganization } from './organization.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';

interface Unit {
  id: string;
  path: string;
  parentId: string | null;
}

/** A unit and the clouds under it that are ok. */
interface Affected {
  unit: Unit;
  below: Cloud[];
}

/** Denies by the Region of a call. The Region is unknown before the call, so the simulator reports a denial. */
const byRegion = {
  name: 'OnlyOurRegions',
  statement: {
    Effect: 'Deny',
    Action: 'ec2:*',
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1'] } },
  },
};

/**
 * Attaches a service control policy whose condition the simulator cannot evaluate, so it seems to deny actions of the role.
 * Muster warns and names the policy. A second policy exempts the role by its ARN and causes no warning. Throws if a cloud
 * has another warning.
 */
export async function demonstratePolicyDenial(stage: Stage, organization: ImportedOrganization): Promise<void> {
  const { api, print } = stage;
  const { id, made, administrator } = organization;
  const { items } = await api.get<{ items: Unit[] }>(`/v1/organizations/${id}/tree`);
  const ok = await findClouds(api, { organizationId: id, status: 'ok' });
  const units = items
    .filter(({ parentId }) => parentId !== null)
    .map((unit) => ({ unit, below: ok.filter((cloud) => isBelow(cloud, unit)) }));
  const [{ unit, below }] = units.filter(({ below }) => below.length > 0).toSorted((a, b) => a.below.length - b.below.length) as [Affected];

  print(
    `the organization's administrators attach two policies to ${unit.path} (${unit.id}), which has ${below.length} clouds with status ok:`,
  );
  print(`  ${byRegion.name} denies EC2 outside eu-central-1; OnlyHarvesting denies S3 to every role except ${made.memberRole.roleName}`);
  await administrator.restrict(byRegion.name, byRegion.statement, unit.id);
  await administrator.restrict('OnlyHarvesting', exempting(made.memberRole.roleName), unit.id);

  print('a sync reads the policies, then a recheck checks clouds that are not ok');
  const sync = await api.post<Sync>(`/v1/organizations/${id}/syncs`, {});
  await followSync(api, sync.id, print);
  const recheck = await api.post<Sync>(`/v1/organizations/${id}/recheck`, {});
  await followSync(api, recheck.id, print);

  const warned = await findClouds(api, { organizationId: id, status: 'warning' });
  expectAccounts(
    'Warnings are on',
    warned,
    below.map(({ accountId }) => accountId),
  );
  for (const cloud of warned) expectUnverified(cloud);
  const [first] = warned;
  print(`${warned.length} clouds have a warning, and none is access_denied. ${first!.name} (${first!.accountId}):`);
  for (const { code, message } of first!.warnings) print(`  ${code}: ${message}`);
  print('no cloud has a warning about OnlyHarvesting, because that policy exempts the role');
}

function exempting(roleName: string): object {
  const Condition = { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/${roleName}` } };
  return { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition };
}

function isBelow({ organizationPath }: Cloud, { path }: Unit): boolean {
  return organizationPath === path || organizationPath.startsWith(`${path}/`);
}

function expectUnverified({ accountId, warnings }: Cloud): void {
  const isRight =
    warnings.length > 0 && warnings.every(({ code, policy }) => code === 'denied_by_scp_unverified' && policy === byRegion.name);
  if (!isRight) throw new Error(`Account ${accountId} has other warnings: ${JSON.stringify(warnings)}`);
}
