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

/** What the sandbox is asked for; `accounts` counts the management account. */
const wanted = { accounts: 127, ous: 20, tagsPerAccount: 3, suspended: 2, brokenMemberRoles: 3 };

/** What the registry then has to say: how many clouds of each status. */
const expected = {
  ok: wanted.accounts - wanted.suspended - wanted.brokenMemberRoles,
  access_denied: wanted.brokenMemberRoles,
  suspended: wanted.suspended,
  warning: 0,
  pending: 0,
};

/**
 * Adds a whole organization at AWS's rates: some of its accounts are suspended, some lack the member role. Throws when
 * anything on the way is not as it should be.
 */
export async function importOrganization(stage: Stage): Promise<ImportedOrganization> {
  const { sandbox, stack } = stage;
  // A new one each time, so that the demo can run again on the same stack.
  const made = await sandbox.makeOrganization(wanted);
  const organization = await sandbox.atAwsRates(() => importAll(stage, made));
  await showFailures(stage, organization);
  await showByBadge(stage, organization);
  return { id: organization.id, made, administrator: createAdministrator(stack.awsEndpointUrl, made) };
}

/** Adds it and follows its first sync to the end. */
async function importAll({ api, tell }: Stage, made: MadeOrganization): Promise<Organization> {
  tell(`adding the organization ${made.organizationId}: ${wanted.accounts} accounts in ${wanted.ous} organizational units`);
  const began = performance.now();
  const session = { sessionName: 'muster', durationSeconds: 3_600 };
  const { id, lastSync } = await api.post<Organization>('/v1/organizations', {
    nickname: `Demo ${made.organizationId}`,
    organizationRole: { ...made.organizationRole, ...session },
    memberRole: { ...made.memberRole, ...session },
  });
  tell('its organization role is proven; the first sync begins');
  const ended = await followSync(api, lastSync.id, tell);
  tell(`imported ${ended.counts['listed']} accounts in ${((performance.now() - began) / 1_000).toFixed(1)} s, at AWS's published rates`);
  return await api.get<Organization>(`/v1/organizations/${id}`);
}

/** Tells what is not ok, and why. */
async function showFailures({ api, tell }: Stage, { id }: Organization): Promise<void> {
  for (const [status, count] of Object.entries(expected)) {
    const clouds = await findClouds(api, { organizationId: id, status });
    if (clouds.length !== count) throw new Error(`${clouds.length} clouds are ${status}, not ${count}`);
    if (status === 'ok') continue;
    for (const cloud of clouds) {
      if (cloud.statusReason === null) throw new Error(`Account ${cloud.accountId} is ${status} without a reason`);
      tell(`  ${status}: ${cloud.name} (${cloud.accountId}), in ${cloud.organizationPath}: ${cloud.statusReason.message}`);
    }
  }
}

/** The organization's own badge finds its clouds, and nobody else's. */
async function showByBadge({ api, tell }: Stage, organization: Organization): Promise<void> {
  const { total } = await api.get<{ total: number }>(`${organization.cloudsUrl}&limit=1`);
  const clouds = await api.get<{ total: number }>(`/v1/clouds?organizationId=${organization.id}&limit=1`);
  if (total !== wanted.accounts || clouds.total !== total || organization.accountCount !== total) {
    throw new Error(`The badge finds ${total} clouds, the organization has ${clouds.total} and counts ${organization.accountCount}`);
  }
  tell(`the badge system.cloud_organization:${organization.organizationId} finds all ${total} clouds, ${expected.ok} of them ok`);
}
