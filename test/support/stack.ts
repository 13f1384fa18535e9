import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRoleCommand, IAMClient, type Role } from '@aws-sdk/client-iam';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { connectApi, type Api } from '../../dev/demo/api.ts';
import { createApprover, type Approver } from '../../dev/demo/approver.ts';
import { freePorts } from '../../dev/stack/ports.ts';
import { startStack, type Stack, type StackInfo } from '../../dev/stack/stack.ts';
import { waitFor } from './wait-for.ts';

/** The delegation request resource, as far as tests look at it. */
export interface RequestResource {
  id: string;
  phase: string;
  awsState: string | null;
  awsRequestId: string | null;
  consoleUrl: string | null;
  cloudId: string | null;
  failure: { code: string; message: string } | null;
  stack: { name: string; status: string } | null;
  timeline?: { id: number; type: string; message: string; detail: Record<string, unknown> }[];
}

let accounts = 0;

/** The whole product on free ports in a folder of its own. */
export class TestStack {
  readonly home: string;
  readonly api: Api;
  readonly sql: postgres.Sql;
  readonly temporal: Client;
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

  static async start(
    sandboxEnvironment: NodeJS.ProcessEnv = {},
    { worker = {}, built = false }: { worker?: NodeJS.ProcessEnv; built?: boolean } = {},
  ): Promise<TestStack> {
    const home = await mkdtemp(join(tmpdir(), 'muster-test-'));
    const stack = await startStack({
      home,
      ports: await freePorts(),
      durable: false,
      built,
      env: { sandbox: { SANDBOX_STEP_MS: '50', SANDBOX_IAM_PROPAGATION_MS: '500', ...sandboxEnvironment }, worker },
    });
    return new TestStack(home, stack, await Connection.connect({ address: stack.info().temporalAddress }));
  }

  get info(): StackInfo {
    return this.stack.info();
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
    return this.api.post('/v1/delegation-requests', {
      nickname: `Account ${accountId}`,
      scope: 'account',
      accountId,
      roleName: 'MusterHarvesting',
      acknowledged: true,
      ...fields,
    });
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

  iam(accountId: string): IAMClient {
    return new IAMClient({
      endpoint: this.info.awsEndpointUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    });
  }

  /** One of the sandbox's control routes. */
  async control(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(new URL(`/_sandbox${path}`, this.info.awsEndpointUrl), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}

/** The external id that a role's trust policy demands. */
export function externalIdOf(role: Role): string {
  const policy = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument!)) as {
    Statement: { Condition: { StringEquals: Record<string, string> } }[];
  };
  return policy.Statement[0]!.Condition.StringEquals['sts:ExternalId']!;
}
