import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  ListAccountsCommand,
  ListParentsCommand,
  MoveAccountCommand,
  OrganizationsClient,
  type Account,
} from '@aws-sdk/client-organizations';
import type { MadeOrganization } from './sandbox-aws.ts';
import type { TestStack } from './stack.ts';
import { waitFor } from './wait-for.ts';

/** The sync resource, as far as tests look at it. */
export interface SyncResource {
  id: string;
  kind: string;
  trigger: string;
  phase: string;
  counts: Record<string, number>;
  heldRemovals: { count: number; state: string } | null;
  failure: { code: string; message: string } | null;
  createdAt: string;
}

export interface OrganizationResource {
  id: string;
  organizationId: string;
  managementAccountId: string;
  nickname: string;
  accountCount: number;
  cloudsUrl: string;
  lastSync: SyncResource;
  nextSyncAt: string | null;
}

export interface CloudResource {
  id: string;
  accountId: string;
  name: string | null;
  nickname: string | null;
  partition: string;
  status: string;
  statusReason: { code: string; message: string } | null;
  warnings: { code: string }[];
  managed: boolean;
  organizationId: string | null;
  organizationPath: string | null;
  roleArn: string;
  lastCheckedAt: string | null;
}

interface List<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}

/** The values that a person types into the form. */
export function formOf(made: MadeOrganization, fields: Record<string, unknown> = {}) {
  const session = { sessionName: 'muster', durationSeconds: 3_600 };
  return {
    nickname: `Organization ${made.organizationId}`,
    organizationRole: { ...made.organizationRole, ...session },
    memberRole: { ...made.memberRole, ...session },
    ...(made.accessKey ? { accessKey: made.accessKey } : {}),
    ...fields,
  };
}

/** Hangs an account of the organization elsewhere. */
export async function moveAccount(client: OrganizationsClient, AccountId: string, DestinationParentId: string): Promise<void> {
  const { Parents } = await client.send(new ListParentsCommand({ ChildId: AccountId }));
  await client.send(new MoveAccountCommand({ AccountId, SourceParentId: Parents![0]!.Id!, DestinationParentId }));
}

/** The whole organizations of one stack: what AWS has, and what Muster makes of it. */
export class StackOrganizations {
  private readonly stack: TestStack;

  constructor(stack: TestStack) {
    this.stack = stack;
  }

  /** Creates an organization in the sandbox, without adding it to Muster. */
  make(request: Record<string, unknown>): Promise<MadeOrganization> {
    return this.stack.control('POST', '/organizations', { ous: 3, ...request });
  }

  /** Adds one; its first sync has begun. */
  add(made: MadeOrganization, fields: Record<string, unknown> = {}): Promise<OrganizationResource> {
    return this.stack.api.post('/v1/organizations', formOf(made, fields));
  }

  /** Adds one and waits until its first sync is completed. */
  async import(made: MadeOrganization, fields: Record<string, unknown> = {}): Promise<OrganizationResource> {
    const { id, lastSync } = await this.add(made, fields);
    await this.completed(lastSync.id);
    return await this.get(id);
  }

  get(id: string): Promise<OrganizationResource> {
    return this.stack.api.get(`/v1/organizations/${id}`);
  }

  /** Asks for a sync, or joins one; it may not have begun. */
  sync(id: string): Promise<SyncResource> {
    return this.stack.api.post(`/v1/organizations/${id}/syncs`, {});
  }

  /** Synchronises once more and waits for it. */
  async resync(id: string): Promise<SyncResource> {
    return await this.completed((await this.sync(id)).id);
  }

  async ended(syncId: string): Promise<SyncResource> {
    return await waitFor(`sync ${syncId} to end`, async () => {
      const sync = await this.stack.api.get<SyncResource>(`/v1/syncs/${syncId}`);
      return ['completed', 'failed', 'cancelled'].includes(sync.phase) ? sync : null;
    });
  }

  async completed(syncId: string): Promise<SyncResource> {
    const sync = await this.ended(syncId);
    if (sync.phase !== 'completed') throw new Error(`Sync ${syncId} ended as ${sync.phase}: ${sync.failure?.message}`);
    return sync;
  }

  /** Waits until a preview is ready. */
  async previewed(id: string): Promise<void> {
    await waitFor(`preview ${id} to be ready`, async () => {
      const { state } = await this.stack.api.get<{ state: string }>(`/v1/previews/${id}`);
      return state === 'ready';
    });
  }

  async syncs(id: string): Promise<SyncResource[]> {
    return (await this.stack.api.get<List<SyncResource>>(`/v1/organizations/${id}/syncs`)).items;
  }

  /** All clouds that a listing finds, by account id. */
  async clouds(query: string): Promise<CloudResource[]> {
    const found: CloudResource[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: List<CloudResource> = await this.stack.api.get(`/v1/clouds?${query}&limit=100${after}`);
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found.toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1));
  }

  async cloud(accountId: string): Promise<CloudResource | undefined> {
    return (await this.clouds(`search=${accountId}`)).find((cloud) => cloud.accountId === accountId);
  }

  /** A cloud's badges as key and value. */
  async badges(cloudId: string): Promise<Record<string, string>> {
    const { items } = await this.stack.api.get<List<{ key: string; value: string }>>(`/v1/clouds/${cloudId}/badges`);
    return Object.fromEntries(items.map(({ key, value }) => [key, value]));
  }

  /** The organization's own administrators, through the unmodified AWS SDK. */
  administrators({ managementAccountId }: { managementAccountId: string }): OrganizationsClient {
    return new OrganizationsClient({
      endpoint: this.stack.info.awsEndpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: managementAccountId, secretAccessKey: 'any' },
    });
  }

  /** Lets an administrator of the organization change it. */
  async administrate<T>(made: MadeOrganization, act: (client: OrganizationsClient) => Promise<T>): Promise<T> {
    const client = this.administrators(made);
    try {
      return await act(client);
    } finally {
      client.destroy();
    }
  }

  /** The accounts as AWS lists them, the management account left out. */
  async members(made: MadeOrganization): Promise<Account[]> {
    const client = this.administrators(made);
    const accounts: Account[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListAccountsCommand(NextToken === undefined ? {} : { NextToken }));
      accounts.push(...(page.Accounts ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    client.destroy();
    return accounts.filter(({ Id }) => Id !== made.managementAccountId);
  }

  /** Gives an account a role as another account has it: its trust and its permissions. */
  async copyRole(RoleName: string, fromAccountId: string, toAccountId: string): Promise<void> {
    const [model, account] = [this.stack.iam(fromAccountId), this.stack.iam(toAccountId)];
    const { Role } = await model.send(new GetRoleCommand({ RoleName }));
    const { PolicyName, PolicyDocument } = await model.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'access' }));
    const { AttachedPolicies } = await model.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const AssumeRolePolicyDocument = decodeURIComponent(Role!.AssumeRolePolicyDocument!);
    await account.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    // It names the role itself, with its account.
    const ownPolicy = decodeURIComponent(PolicyDocument!).replaceAll(fromAccountId, toAccountId);
    await account.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: ownPolicy }));
    for (const { PolicyArn } of AttachedPolicies!) await account.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    model.destroy();
    account.destroy();
  }

  /**
   * The registry's clouds of an organization with their badges and resource tags, without ids and times, which differ
   * between imports.
   */
  async registered(id: string): Promise<readonly unknown[]> {
    return await this.stack.sql`
      select c.account_id, c.name, c.status, c.status_code, c.warnings, c.managed, c.organization_path, c.organization_parent_id,
        c.role_arn,
        (select jsonb_object_agg(b.key, jsonb_build_array(b.value, b.source, b.autogenerated)) from badges b where b.cloud_id = c.id) badges,
        (select jsonb_object_agg(t.key, t.value) from resource_tags t where t.cloud_id = c.id) tags
      from clouds c where c.organization_id = ${id} order by c.account_id`;
  }

  /** Lets a listing go slowly, and waits until some of its pages were asked for. */
  async middleOfListing(pages: number): Promise<void> {
    await waitFor(`page ${pages} of the accounts`, async () => {
      const calls = await this.stack.calls();
      return (calls['organizations']?.['ListAccounts']?.count ?? 0) >= pages;
    });
  }

  /** Slows each page of a listing down, so that it has a middle; calls are counted from here. */
  async slowListing(ms: number): Promise<void> {
    await this.stack.control('DELETE', '/calls');
    await this.stack.control('POST', '/faults', { service: 'organizations', operation: 'ListAccounts', kind: 'delay', ms });
  }
}
