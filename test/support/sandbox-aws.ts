import type { GeneratedOrganization, Sandbox } from '@muster/aws-sandbox';
import { control, organizationOf, parentsOf } from '@muster/aws-sandbox/testing';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { vi } from 'vitest';
import { createAwsClients, type AwsClients } from '../../activities/aws/clients.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { credentialSets, syncAccounts } from '../../db/schema/index.ts';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import type { Partition } from '../../domain/aws/arn.ts';
import { MUSTER_ACCOUNT } from '../../dev/partner/muster.ts';
import { startMusterSandbox } from '../../dev/partner/start-sandbox.ts';
import { readAccountState } from '../../domain/organizations/account-state.ts';
import { insertSync, type TestOrganization } from './organizations.ts';
import type { TestRegistry } from './registry.ts';

/** An organization of the sandbox, as its control route answers. */
export type MadeOrganization = GeneratedOrganization;

/** A sandbox, and clients that reach it as an instance of Muster's own would: by the metadata service and nothing else. */
export class SandboxAws {
  readonly sandbox: Sandbox;
  readonly aws: AwsClients;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    vi.stubEnv('AWS_ENDPOINT_URL', sandbox.baseUrl);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.baseUrl);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    this.aws = createAwsClients({
      region: 'us-east-1',
      stackRegion: 'us-east-1',
      ownAccount: { accountId: MUSTER_ACCOUNT, allowedRoleArn: null },
    });
  }

  static async start(): Promise<SandboxAws> {
    return new SandboxAws(await startMusterSandbox());
  }

  /** The dependencies of activities that use neither delegation nor stacks. */
  dependencies({ db, sealer }: TestRegistry): ActivityDependencies {
    return { db, sealer, aws: this.aws, delegation: {} as ActivityDependencies['delegation'] };
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await control(this.sandbox, method, path, body);
    if (answer.status >= 300) throw new Error(`The sandbox answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async makeOrganization(request: Record<string, unknown> & { partition?: Partition }): Promise<MadeOrganization> {
    return (await this.control('POST', '/organizations', { ous: 3, ...request })) as MadeOrganization;
  }

  async close(): Promise<void> {
    this.aws.close();
    await this.sandbox.close();
    vi.unstubAllEnvs();
  }
}

/** Runs an activity's code in an activity's context. */
export function inActivity<T>(run: () => Promise<T>): Promise<T> {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(run) as Promise<T>;
}

/** The credentials that open an organization of the sandbox. */
export function credentialsOf(made: MadeOrganization, changes: { durationSeconds?: number } = {}): OrganizationCredentials {
  const common = { sessionName: 'muster', durationSeconds: 3_600, ...changes };
  return {
    organizationRole: { ...made.organizationRole, ...common },
    memberRole: { ...made.memberRole, ...common },
    ...(made.accessKey ? { accessKey: made.accessKey } : {}),
  };
}

/** Registers an organization of the sandbox with credentials that open it. */
export async function registerMade(
  registry: TestRegistry,
  made: MadeOrganization,
  partition: Partition = 'aws',
  credentials: OrganizationCredentials = credentialsOf(made),
): Promise<TestOrganization> {
  const organization = await registry.newOrganization({
    awsOrganizationId: made.organizationId,
    managementAccountId: made.managementAccountId,
    memberRoleName: made.memberRole.roleName,
    partition,
  });
  await reseal(registry, organization.credentialSetId, credentials);
  return organization;
}

/** Puts other credentials into a credential set. */
export async function reseal({ db, sealer }: TestRegistry, id: string, credentials: OrganizationCredentials): Promise<void> {
  const { bytes } = await sealer.seal(credentials, { table: 'credential_sets', id });
  const { roleArn } = credentials.organizationRole;
  await db.update(credentialSets).set({ sealed: bytes, roleArn }).where(eq(credentialSets.id, id));
}

/** A sync whose inventory has just listed the sandbox's accounts; answers its id and the highest number. */
export async function insertListedSync(
  registry: TestRegistry,
  { sandbox }: SandboxAws,
  organization: TestOrganization,
): Promise<{ syncId: string; last: number }> {
  const listed = organizationOf(sandbox.world, organization.managementAccountId)!;
  const syncId = await insertSync(registry.db, organization, { phase: 'listing', lastAccountNumber: listed.accounts.size });
  const rows = [...listed.accounts.values()].map(({ id, name, state }, index) => ({
    syncId,
    accountId: id,
    number: index + 1,
    pass: 1,
    name,
    state: readAccountState({ state }),
    ancestors: parentsOf(listed, id)!,
  }));
  for (let start = 0; start < rows.length; start += 1_000) await registry.db.insert(syncAccounts).values(rows.slice(start, start + 1_000));
  return { syncId, last: rows.length };
}
