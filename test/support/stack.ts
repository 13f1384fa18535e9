import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, paginateListStackSets, type Stack as AwsStack } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, ListRolesCommand, type Role } from '@aws-sdk/client-iam';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { connectApi, type Api } from '../../dev/demo/api.ts';
import { createApprover, type Approver } from '../../dev/demo/approver.ts';
import { freePorts } from '../../dev/stack/ports.ts';
import { startStack, type Stack, type StackInfo } from '../../dev/stack/stack.ts';
import { StackOrganizations } from './stack-organizations.ts';
import { waitFor } from './wait-for.ts';

/** The delegation request resource, as far as tests look at it. */
export interface RequestResource {
  id: string;
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

let accounts = 0;

/** The whole product, as it is built for production, on free ports in a folder of its own. */
export class TestStack {
  readonly home: string;
  readonly api: Api;
  readonly sql: postgres.Sql;
  readonly temporal: Client;
  readonly organizations = new StackOrganizations(this);
  private readonly stack: Stack;
  private readonly connection: Connection;

  private constructor(home: string, stack: Stack, connection: Connection) {
    this.home = home;
    this.stack = stack;
    this.connection = connection;
    this.api = connectApi(this.info.apiUrl, this.info.adminApiKey);
    this.sql = postgres(this.info.databaseUrl, { max: 2, onnotice: () => {} });
    this.temporal = new Client({ connection, namespace: this.info.temporalNamespace });
  }

  static async start(sandboxEnvironment: NodeJS.ProcessEnv = {}, { worker = {} }: { worker?: NodeJS.ProcessEnv } = {}): Promise<TestStack> {
    const home = await mkdtemp(join(tmpdir(), 'muster-test-'));
    const stack = await startStack({
      home,
      ports: await freePorts(),
      durable: false,
      // As in production, and in half the time.
      built: true,
      env: {
        sandbox: { SANDBOX_STEP_MS: '50', SANDBOX_IAM_PROPAGATION_MS: '500', ...sandboxEnvironment },
        worker: { MUSTER_RECONCILE_SECONDS: '3', ...worker },
      },
    });
    return new TestStack(home, stack, await Connection.connect({ address: stack.info().temporalAddress }));
  }

  get info(): StackInfo {
    return this.stack.info();
  }

  /** Kills programs, by their names in `pids`, as a power cut would; they stay down until the returned function is called. */
  async hold(...names: string[]): Promise<() => void> {
    const held = await Promise.all(names.map((name) => this.stack.hold(name)));
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

  async stop(): Promise<void> {
    await this.sql.end({ timeout: 1 });
    await this.connection.close();
    await this.stack.stop();
    await rm(this.home, { recursive: true, force: true });
  }

  /** An account number that no other test of this run uses. */
  newAccount(): string {
    accounts += 1;
    return String(300_000_000_000 + accounts);
  }

  /** Asks for an account as a caller would. */
  ask(accountId: string, fields: Record<string, unknown> = {}): Promise<RequestResource> {
    return this.api.post('/v1/delegation-requests', { ...this.settings(accountId), ...fields });
  }

  /** What `ask` asks for. */
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
