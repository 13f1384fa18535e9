import { createAdministrator, type Administrator } from './administrator.ts';
import { findClouds } from './clouds.ts';
import { followSync, type Sync } from './sync.ts';
import type { MadeOrganization } from './sandbox.ts';
import type { Stage } from './stage.ts';

/** The organization that the steps after its import play with. */
export interface ImportedOrganization {
  /** Muster's id. */
  id: string;
  made: MadeOrganization;
  /** The customer's side. */
  administrator: Administrator;
}

interface Organization {
  id: string;
  organizationId: string;
  cloudsUrl: string;
  accountCount: number;
  lastSync: Sync;
}

/** The organization that the sandbox makes. `accounts` includes the management account. */
const wanted = { accounts: 127, ous: 20, tagsPerAccount: 3, suspended: 2, brokenMemberRoles: 3 };

/** The expected number of clouds with each status. */
const expected = {
  ok: wanted.accounts - wanted.suspended - wanted.brokenMemberRoles,
  access_denied: wanted.brokenMemberRoles,
  suspended: wanted.suspended,
  warning: 0,
  pending: 0,
};

/**
 * Adds a whole organization at AWS's rates. Some of its accounts are suspended, some lack the member role. Throws if a step
 * has an unexpected result.
 */
export async function importOrganization(stage: Stage): Promise<ImportedOrganization> {
  const { sandbox, stack } = stage;
  // A new organization for each run, so that the demo can run again on the same stack.
  const made = await sandbox.makeOrganization(wanted);
  const organization = await sandbox.atAwsRates(() => importAll(stage, made));
  await showFailures(stage, organization);
  await showByBadge(stage, organization);
  return { id: organization.id, made, administrator: createAdministrator(stack.awsEndpointUrl, made) };
}

/** Adds the organization and follows its first sync to the end. */
async function importAll({ api, print }: Stage, made: MadeOrganization): Promise<Organization> {
  print(`adding the organization ${made.organizationId}: ${wanted.accounts} accounts in ${wanted.ous} organizational units`);
  const began = performance.now();
  const session = { sessionName: 'muster', durationSeconds: 3_600 };
  const { id, lastSync } = await api.post<Organization>('/v1/organizations', {
    nickname: `Demo ${made.organizationId}`,
    organizationRole: { ...made.organizationRole, ...session },
    memberRole: { ...made.memberRole, ...session },
  });
  print('the organization role is proven; the first sync starts');
  const ended = await followSync(api, lastSync.id, print);
  print(`imported ${ended.counts['listed']} accounts in ${((performance.now() - began) / 1_000).toFixed(1)} s, at AWS's published rates`);
  return await api.get<Organization>(`/v1/organizations/${id}`);
}

/** Prints clouds that are not ok, with their reasons. */
async function showFailures({ api, print }: Stage, { id }: Organization): Promise<void> {
  for (const [status, count] of Object.entries(expected)) {
    const clouds = await findClouds(api, { organizationId: id, status });
    if (clouds.length !== count) throw new Error(`${clouds.length} clouds are ${status}, not ${count}`);
    if (status === 'ok') continue;
    for (const cloud of clouds) {
      if (cloud.statusReason === null) throw new Error(`Account ${cloud.accountId} is ${status} without a reason`);
      print(`  ${status}: ${cloud.name} (${cloud.accountId}), in ${cloud.organizationPath}: ${cloud.statusReason.message}`);
    }
  }
}

/** Checks that the organization's badge finds exactly its clouds. */
async function showByBadge({ api, print }: Stage, organization: Organization): Promise<void> {
  const { total } = await api.get<{ total: number }>(`${organization.cloudsUrl}&limit=1`);
  const clouds = await api.get<{ total: number }>(`/v1/clouds?organizationId=${organization.id}&limit=1`);
  if (total !== wanted.accounts || clouds.total !== total || organization.accountCount !== total) {
    throw new Error(`The badge finds ${total} clouds, the organization has ${clouds.total} and counts ${organization.accountCount}`);
  }
  print(`the badge system.cloud_organization:${organization.organizationId} finds all ${total} clouds, ${expected.ok} of them ok`);
}
