import { CloudFormationClient, DescribeStacksCommand, paginateListStackSets, type Stack as AwsStack } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { inject } from 'vitest';
import { connectApi, type Api } from '../../dev/demo/api.ts';
import { createApprover, type Approver } from '../../dev/demo/approver.ts';
import type { Stack, StackInfo } from '../../dev/stack/stack.ts';
import type { Loan } from '../setup/stack-pool.ts';
import { runStack } from './run-stack.ts';
import { StackOrganizations } from './stack-organizations.ts';
import { waitFor } from './wait-for.ts';

/** The delegation request resource, as far as tests look at it. */
export interface RequestResource {
  id: string;
  accountId: string;
  scope: string;
  phase: string;
  awsState: string | null;
  awsRequestId: string | null;
  consoleUrl: string | null;
  expiresAt: string | null;
  cloudId: string | null;
  organizationId: string | null;
  failure: { code: string; message: string } | null;
  stack: { name: string; status: string } | null;
  timeline?: { id: number; type: string; message: string; detail: Record<string, unknown> }[];
}

/** A stack that runs, and what its user may do with it. */
interface Source extends Pick<Stack, 'info' | 'hold'> {
  /** 0, or that of the loan. */
  readonly number: number;
  readonly home: string;
  end(): Promise<void>;
}

async function callPool<T>(url: string, method: string): Promise<T> {
  const response = await fetch(url, { method });
  if (!response.ok) throw new Error(`the pool of stacks: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The account numbers that one stack's tests may use. */
const accountsPerLoan = 10_000;

/** The whole product, as it is built for production: on free ports in a folder of its own, or borrowed from the run's pool. */
export class TestStack {
  readonly home: string;
  readonly api: Api;
  readonly sql: postgres.Sql;
  readonly temporal: Client;
  readonly organizations = new StackOrganizations(this);
  private readonly source: Source;
  private readonly connection: Connection;
  private accounts: number;

  private constructor(source: Source, connection: Connection) {
    this.home = source.home;
    this.source = source;
    this.connection = connection;
    this.accounts = 300_000_000_000 + source.number * accountsPerLoan;
    this.api = connectApi(this.info.apiUrl, this.info.adminApiKey);
    this.sql = postgres(this.info.databaseUrl, { max: 2, onnotice: () => {} });
    this.temporal = new Client({ connection, namespace: this.info.temporalNamespace });
  }

  /** Starts a stack of this file's own: for tests that crash its programs or need it fresh, or otherwise set. */
  static async start(
    sandbox: NodeJS.ProcessEnv = {},
    { worker = {}, api = {} }: { worker?: NodeJS.ProcessEnv; api?: NodeJS.ProcessEnv } = {},
  ): Promise<TestStack> {
    const { home, stack, stop } = await runStack({ sandbox, worker, api });
    return await TestStack.attach({ number: 0, home, info: stack.info, hold: stack.hold, end: stop });
  }

  /**
   * Borrows a stack that other files have used before. No other file uses it at the same time. Accounts, organizations and
   * requests of those files are still there; the sandbox's faults, limits and settings are as at the start.
   */
  static async borrow(): Promise<TestStack> {
    const pool = inject('stackPool');
    const { number, home, info } = await callPool<Loan>(pool, 'POST');
    return await TestStack.attach({
      number,
      home,
      info: () => info,
      hold: async () => {
        throw new Error('the programs of a borrowed stack are not killed');
      },
      end: () => callPool<void>(`${pool}/${number}`, 'DELETE'),
    });
  }

  private static async attach(source: Source): Promise<TestStack> {
    return new TestStack(source, await Connection.connect({ address: source.info().temporalAddress }));
  }

  get info(): StackInfo {
    return this.source.info();
  }

  /** Kills programs, by their names in `pids`, as a power cut would; they stay down until the returned function is called. */
  async hold(...names: string[]): Promise<() => void> {
    const held = await Promise.all(names.map((name) => this.source.hold(name)));
    return () => {
      for (const letGo of held) letGo();
    };
  }

  /** Kills programs as a power cut would, and returns when others run in their place and the API is ready. */
  async crash(...names: string[]): Promise<void> {
    const before = this.info.pids;
    const letGo = await this.hold(...names);
    letGo();
    await waitFor(`${names.join(', ')} to be started again`, async () => names.every((name) => this.info.pids[name] !== before[name]));
    await this.ready();
  }

  /** Waits until the API says that it, Postgres and Temporal can be used. */
  async ready(): Promise<void> {
    await waitFor('the API to be ready', async () => (await fetch(new URL('/health/ready', this.info.apiUrl))).ok);
  }

  /** Stops a stack of the file's own; gives a borrowed one back. */
  async stop(): Promise<void> {
    await this.sql.end({ timeout: 1 });
    await this.connection.close();
    await this.source.end();
  }

  /** An account number that no other test uses on this stack. */
  newAccount(): string {
    this.accounts += 1;
    return String(this.accounts);
  }

  /** Asks for an account as a caller would. */
  ask(accountId: string, fields: Record<string, unknown> = {}): Promise<RequestResource> {
    return this.api.post('/v1/delegation-requests', { ...this.settings(accountId), ...fields });
  }

  /** The settings of a request by `ask`. */
  settings(accountId: string) {
    return { nickname: `Account ${accountId}`, scope: 'account', accountId, roleName: 'MusterHarvesting', acknowledged: true };
  }

  /** The approver of an account, through the unmodified AWS SDK. */
  approver(accountId: string): Approver {
    return createApprover(this.info.awsEndpointUrl, accountId);
  }

  async approve(request: RequestResource, accountId: string): Promise<void> {
    const approver = this.approver(accountId);
    await approver.takeUp(request.awsRequestId!);
    await approver.approve(request.awsRequestId!);
    approver.close();
  }

  request(id: string): Promise<RequestResource> {
    return this.api.get(`/v1/delegation-requests/${id}`);
  }

  /** Waits until a request is in one of these phases. */
  async phase(id: string, ...phases: string[]): Promise<RequestResource> {
    return await waitFor(`request ${id} to be ${phases.join(' or ')}`, async () => {
      const request = await this.request(id);
      return phases.includes(request.phase) ? request : null;
    });
  }

  /** A role as the account's own administrator sees it; null when there is none. */
  async role(accountId: string, roleName: string): Promise<Role | null> {
    const iam = this.iam(accountId);
    try {
      return (await iam.send(new GetRoleCommand({ RoleName: roleName }))).Role ?? null;
    } catch (error) {
      if (error instanceof Error && error.name.startsWith('NoSuchEntity')) return null;
      throw error;
    } finally {
      iam.destroy();
    }
  }

  /** The account's roles that came from Muster's template, by name. */
  async ownRoles(accountId: string): Promise<string[]> {
    const iam = this.iam(accountId);
    const { Roles } = await iam.send(new ListRolesCommand({}));
    iam.destroy();
    const roles = await Promise.all((Roles ?? []).map(({ RoleName }) => this.role(accountId, RoleName!)));
    return roles
      .filter((role) => role?.Tags?.some(({ Key, Value }) => Key === 'managed-by' && Value === 'muster'))
      .map((role) => role!.RoleName!);
  }

  /** The stacks that an account has, deleted ones left out. */
  async stacks(accountId: string): Promise<AwsStack[]> {
    const cloudFormation = this.cloudFormation(accountId);
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({}));
    cloudFormation.destroy();
    return Stacks ?? [];
  }

  /** The stack sets that an account has, by name. */
  async stackSets(accountId: string): Promise<string[]> {
    const client = this.cloudFormation(accountId);
    const names: string[] = [];
    for await (const { Summaries } of paginateListStackSets({ client }, { Status: 'ACTIVE' })) {
      names.push(...Summaries!.map(({ StackSetName }) => StackSetName!));
    }
    client.destroy();
    return names;
  }

  iam(accountId: string): IAMClient {
    return new IAMClient(this.administrator(accountId));
  }

  cloudFormation(accountId: string): CloudFormationClient {
    return new CloudFormationClient(this.administrator(accountId));
  }

  private administrator(accountId: string) {
    return {
      endpoint: this.info.awsEndpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    };
  }

  /** A button on the page that stands in for the AWS console. */
  async press(action: 'reject' | 'revoke', awsRequestId: string): Promise<void> {
    const page = new URL(`/console/delegation-requests/${awsRequestId}/${action}`, this.info.awsEndpointUrl);
    const response = await fetch(page, { method: 'POST', redirect: 'manual' });
    if (response.status !== 303) throw new Error(`${action} ${awsRequestId}: ${response.status} ${await response.text()}`);
  }

  /** How often each operation of AWS was called, by service. */
  calls(): Promise<Record<string, Record<string, { count: number }>>> {
    return this.control('GET', '/calls');
  }

  /** One of the sandbox's control routes. */
  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(`/_sandbox${path}`, this.info.awsEndpointUrl), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

/** The external id that a role's trust policy demands. */
export function externalIdOf(role: Role): string {
  const policy = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument!)) as {
    Statement: { Condition: { StringEquals: Record<string, string> } }[];
  };
  return policy.Statement[0]!.Condition.StringEquals['sts:ExternalId']!;
}
