import { eq } from 'drizzle-orm';
import type { MemberStackSet } from '../db/schema/cloud-organizations.ts';
import { cloudOrganizations, clouds, credentialSets, delegationRequests } from '../db/schema/index.ts';
import type { SealedFor } from '../db/sealing/sealer.ts';
import type { OrganizationCredentials, RoleCredentials } from '../db/sealing/secrets.ts';
import { failureTypes } from '../workflows/contracts/failures.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { failure } from './failures.ts';

type Vault = Pick<ActivityDependencies, 'db' | 'sealer'>;

/** Decrypts the credential set of a request for an account. */
export async function openRequestCredentials(vault: Vault, requestId: string): Promise<RoleCredentials> {
  return await openOfRequest<RoleCredentials>(vault, requestId);
}

/** Decrypts the credential set of a request for an organization, which holds both roles. */
export async function openRequestOrganization(vault: Vault, requestId: string): Promise<OrganizationCredentials> {
  return await openOfRequest<OrganizationCredentials>(vault, requestId);
}

async function openOfRequest<Secret>({ db, sealer }: Vault, requestId: string): Promise<Secret> {
  const [row] = await db
    .select({ id: credentialSets.id, sealed: credentialSets.sealed })
    .from(delegationRequests)
    .innerJoin(credentialSets, eq(credentialSets.id, delegationRequests.credentialSetId))
    .where(eq(delegationRequests.id, requestId));
  if (!row) {
    throw failure(failureTypes.precondition, `The credentials of the request ${requestId} are no longer stored`, {
      code: 'credentials_erased',
    });
  }
  return await sealer.open<Secret>(row.sealed, { table: 'credential_sets', id: row.id });
}

/** The role of a cloud and the identity that assumes it. */
export interface CloudCredentials {
  credentialSetId: string;
  managed: boolean;
  role: RoleCredentials;
  accessKey?: OrganizationCredentials['accessKey'];
  /** For a member: how to read its organization, and our stack set that brings the member roles. */
  organization?: { role: RoleCredentials; memberStackSet: MemberStackSet | null };
}

/**
 * Decrypts the credential set of a cloud: its own, or its organization's, whose member role is the same in every
 * account (O1). Null if the cloud is gone.
 */
export async function openCloudCredentials({ db, sealer }: Vault, cloudId: string): Promise<CloudCredentials | null> {
  const [row] = await db
    .select({
      id: credentialSets.id,
      kind: credentialSets.kind,
      sealed: credentialSets.sealed,
      roleArn: clouds.roleArn,
      managed: clouds.managed,
      memberStackSet: cloudOrganizations.memberStackSet,
    })
    .from(clouds)
    .innerJoin(credentialSets, eq(credentialSets.id, clouds.credentialSetId))
    .leftJoin(cloudOrganizations, eq(cloudOrganizations.id, clouds.organizationId))
    .where(eq(clouds.id, cloudId));
  if (!row) return null;
  const owner: SealedFor = { table: 'credential_sets', id: row.id };
  const { managed } = row;
  if (row.kind === 'cloud') return { credentialSetId: row.id, managed, role: await sealer.open<RoleCredentials>(row.sealed, owner) };
  const { organizationRole, memberRole, accessKey } = await sealer.open<OrganizationCredentials>(row.sealed, owner);
  return {
    credentialSetId: row.id,
    managed,
    role: roleOfMember(memberRole, row.roleArn),
    ...(accessKey ? { accessKey } : {}),
    organization: { role: organizationRole, memberStackSet: row.memberStackSet },
  };
}

/**
 * Decrypts an organization's credential set. The set is gone if a check refused it, an edit replaced it, or nothing
 * adopted it in time.
 */
export async function openOrganizationCredentials({ db, sealer }: Vault, credentialSetId: string): Promise<OrganizationCredentials> {
  const [row] = await db.select({ sealed: credentialSets.sealed }).from(credentialSets).where(eq(credentialSets.id, credentialSetId));
  if (!row) {
    throw failure(failureTypes.precondition, `The organization credentials ${credentialSetId} are no longer stored. Submit them again.`, {
      code: 'credentials_erased',
    });
  }
  return await sealer.open<OrganizationCredentials>(row.sealed, { table: 'credential_sets', id: credentialSetId });
}

/** Decrypts the role of a cloud's own credential set. The set is gone if its proof refused it or nothing adopted it in time. */
export async function openRoleCredentials({ db, sealer }: Vault, credentialSetId: string): Promise<RoleCredentials> {
  const [row] = await db.select({ sealed: credentialSets.sealed }).from(credentialSets).where(eq(credentialSets.id, credentialSetId));
  if (!row) {
    throw failure(failureTypes.precondition, `The credentials ${credentialSetId} are no longer stored. Submit them again.`, {
      code: 'credentials_erased',
    });
  }
  return await sealer.open<RoleCredentials>(row.sealed, { table: 'credential_sets', id: credentialSetId });
}

/** The member role as it is in one account. */
export function roleOfMember(member: OrganizationCredentials['memberRole'], roleArn: string): RoleCredentials {
  const { externalId, sessionName, durationSeconds } = member;
  return { roleArn, sessionName, durationSeconds, ...(externalId === undefined ? {} : { externalId }) };
}
