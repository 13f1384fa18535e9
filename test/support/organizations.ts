import type { Database } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { cloudOrganizations, clouds, credentialSets, nicknames, syncs } from '../../db/schema/index.ts';
import type { Sealer } from '../../db/sealing/sealer.ts';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { formatRoleArn, type Partition } from '../../domain/aws/arn.ts';
import { normalizeNickname } from '../../domain/nicknames/normalize.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';

let organizations = 0;
let members = 0;

/** An organization as a POST leaves it. */
export interface TestOrganization {
  id: string;
  awsOrganizationId: string;
  managementAccountId: string;
  partition: Partition;
  nickname: string;
  memberRoleName: string;
  credentialSetId: string;
  credentials: OrganizationCredentials;
}

/** Registers an organization with its nickname and its sealed credentials. */
export async function insertOrganization(
  db: Database,
  sealer: Sealer,
  changes: Partial<typeof cloudOrganizations.$inferInsert> & { partition?: Partition } = {},
): Promise<TestOrganization> {
  organizations += 1;
  const [id, credentialSetId] = [newId(), newId()];
  const managementAccountId = changes.managementAccountId ?? String(500_000_000_000 + organizations);
  const partition = changes.partition ?? 'aws';
  const awsOrganizationId = changes.awsOrganizationId ?? `o-${id.replaceAll('-', '')}`;
  const nickname = changes.nickname ?? `Organization ${awsOrganizationId}`;
  const memberRoleName = changes.memberRoleName ?? 'MusterHarvesting';
  const role = { externalId: `external-id-${id}`, sessionName: 'muster', durationSeconds: 3_600 };
  const credentials: OrganizationCredentials = {
    organizationRole: { ...role, roleArn: formatRoleArn(partition, managementAccountId, 'MusterOrganization') },
    memberRole: { ...role, roleName: memberRoleName },
  };
  const { roleArn } = credentials.organizationRole;
  const sealed = await sealer.seal(credentials, { table: 'credential_sets', id: credentialSetId });
  await db.insert(credentialSets).values({ id: credentialSetId, kind: 'organization', roleArn, sealed: sealed.bytes, keyId: sealed.keyId });
  await db.insert(nicknames).values({ normalized: normalizeNickname(nickname), nickname, ownerType: 'organization', ownerId: id });
  await db.insert(cloudOrganizations).values({
    id,
    scope: wholeOrganization,
    syncEveryMinutes: 720,
    autoBadgingEveryMinutes: 60,
    ...changes,
    awsOrganizationId,
    managementAccountId,
    partition,
    nickname,
    memberRoleName,
    credentialSetId,
  });
  return { id, awsOrganizationId, managementAccountId, partition, nickname, memberRoleName, credentialSetId, credentials };
}

/** Lists a managed cloud of an organization; answers its id. */
export async function insertMember(
  db: Database,
  organization: TestOrganization,
  changes: Partial<typeof clouds.$inferInsert> = {},
): Promise<string> {
  members += 1;
  const id = newId();
  const accountId = changes.accountId ?? String(600_000_000_000 + members);
  await db.insert(clouds).values({
    id,
    name: `member-${accountId}`,
    status: 'ok',
    managed: true,
    organizationId: organization.id,
    partition: organization.partition,
    roleArn: formatRoleArn(organization.partition, accountId, organization.memberRoleName),
    credentialSetId: organization.credentialSetId,
    ...changes,
    accountId,
  });
  return id;
}

/** Writes a piece of work of an organization; answers its id. */
export async function insertSync(
  db: Database,
  { id: organizationId, awsOrganizationId }: TestOrganization,
  changes: Partial<typeof syncs.$inferInsert> = {},
): Promise<string> {
  const id = newId();
  await db.insert(syncs).values({ id, organizationId, awsOrganizationId, trigger: 'requested', settingsGeneration: 1, ...changes });
  return id;
}
