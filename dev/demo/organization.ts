import type { StackInfo } from '../stack/stack.ts';
import { connectApi, type Api } from './api.ts';
import { controlSandbox, type MadeOrganization } from './sandbox.ts';
import { followSync, type Sync } from './sync.ts';

interface Organization {
  id: string;
  organizationId: string;
  cloudsUrl: string;
  accountCount: number;
  lastSync: Sync;
}

interface Cloud {
  accountId: string;
  name: string;
  organizationPath: string;
  status: string;
  statusReason: { code: string; message: string } | null;
}

interface Listing {
  items: Cloud[];
  total: number;
}

export interface OrganizationDemo {
  stack: StackInfo;
  tell(line: string): void;
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
export async function demonstrateOrganization({ stack, tell }: OrganizationDemo): Promise<void> {
  const api = connectApi(stack.apiUrl, stack.adminApiKey);
  const sandbox = controlSandbox(stack.awsEndpointUrl);
  // A new one each time, so that the demo can run again on the same stack.
  const made = await sandbox.makeOrganization(wanted);
  const organization = await sandbox.atAwsRates(() => importAll(api, made, tell));
  await showFailures(api, organization, tell);
  await showByBadge(api, organization, tell);
}

/** Adds it and follows its first sync to the end. */
async function importAll(api: Api, made: MadeOrganization, tell: (line: string) => void): Promise<Organization> {
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
  if (ended.phase !== 'completed') throw new Error(`The sync ended as ${ended.phase}: ${ended.failure?.message ?? 'no reason given'}`);
  tell(`imported ${ended.counts['listed']} accounts in ${((performance.now() - began) / 1_000).toFixed(1)} s, at AWS's published rates`);
  return await api.get<Organization>(`/v1/organizations/${id}`);
}

/** Tells what is not ok, and why. */
async function showFailures(api: Api, { id }: Organization, tell: (line: string) => void): Promise<void> {
  for (const [status, count] of Object.entries(expected)) {
    const { items, total } = await api.get<Listing>(`/v1/clouds?organizationId=${id}&status=${status}&limit=10`);
    if (total !== count) throw new Error(`${total} clouds are ${status}, not ${count}`);
    if (status === 'ok') continue;
    for (const cloud of items) {
      if (cloud.statusReason === null) throw new Error(`Account ${cloud.accountId} is ${status} without a reason`);
      tell(`  ${status}: ${cloud.name} (${cloud.accountId}), in ${cloud.organizationPath}: ${cloud.statusReason.message}`);
    }
  }
}

/** The organization's own badge finds its clouds, and nobody else's. */
async function showByBadge(api: Api, organization: Organization, tell: (line: string) => void): Promise<void> {
  const { total } = await api.get<Listing>(`${organization.cloudsUrl}&limit=1`);
  const clouds = await api.get<Listing>(`/v1/clouds?organizationId=${organization.id}&limit=1`);
  if (total !== wanted.accounts || clouds.total !== total || organization.accountCount !== total) {
    throw new Error(`The badge finds ${total} clouds, the organization has ${clouds.total} and counts ${organization.accountCount}`);
  }
  tell(`the badge system.cloud_organization:${organization.organizationId} finds all ${total} clouds, ${expected.ok} of them ok`);
}
