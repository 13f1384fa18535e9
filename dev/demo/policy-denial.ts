import { expectAccounts, findClouds, type Cloud } from './clouds.ts';
import type { ImportedOrganization } from './organization.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';

interface Unit {
  id: string;
  path: string;
  parentId: string | null;
}

/** A unit with the clouds below it that are ok. */
interface Affected {
  unit: Unit;
  below: Cloud[];
}

/** Denies by the Region of a call, which nobody knows before the call: the simulator takes it for a denial. */
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
 * A service control policy whose condition the simulator cannot know seems to deny what the role needs; Muster says so,
 * and names it. Another one, which spares the role by its ARN, is no denial. Throws when a cloud says anything else.
 */
export async function demonstratePolicyDenial(stage: Stage, organization: ImportedOrganization): Promise<void> {
  const { api, tell } = stage;
  const { id, made, administrator } = organization;
  const { items } = await api.get<{ items: Unit[] }>(`/v1/organizations/${id}/tree`);
  const ok = await findClouds(api, { organizationId: id, status: 'ok' });
  const units = items
    .filter(({ parentId }) => parentId !== null)
    .map((unit) => ({ unit, below: ok.filter((cloud) => isBelow(cloud, unit)) }));
  const [{ unit, below }] = units.filter(({ below }) => below.length > 0).toSorted((a, b) => a.below.length - b.below.length) as [Affected];

  tell(`the organization's administrators attach two policies to ${unit.path} (${unit.id}), which has ${below.length} clouds that are ok:`);
  tell(`  ${byRegion.name} denies EC2 outside of eu-central-1; OnlyHarvesting denies S3 to all but ${made.memberRole.roleName}`);
  await administrator.restrict(byRegion.name, byRegion.statement, unit.id);
  await administrator.restrict('OnlyHarvesting', sparing(made.memberRole.roleName), unit.id);

  tell('a sync reads them, then what is not ok is checked again');
  const sync = await api.post<Sync>(`/v1/organizations/${id}/syncs`, {});
  await followSync(api, sync.id, tell);
  const recheck = await api.post<Sync>(`/v1/organizations/${id}/recheck`, {});
  await followSync(api, recheck.id, tell);

  const warned = await findClouds(api, { organizationId: id, status: 'warning' });
  expectAccounts(
    'Warnings are on',
    warned,
    below.map(({ accountId }) => accountId),
  );
  for (const cloud of warned) expectUnverified(cloud);
  const [first] = warned;
  tell(`${warned.length} clouds have a warning, none is denied. ${first!.name} (${first!.accountId}):`);
  for (const { code, message } of first!.warnings) tell(`  ${code}: ${message}`);
  tell('of OnlyHarvesting nobody warns: the role is the one that it spares');
}

function sparing(roleName: string): object {
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
