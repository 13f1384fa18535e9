import { and, asc, eq, exists, inArray } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import {
  allPoliciesListing,
  cloudOrganizations,
  organizationalUnits,
  policyAttachments,
  serviceControlPolicies,
  syncListings,
  syncOrganizationalUnits,
  syncPolicies,
  syncPolicyAttachments,
  syncs,
} from '../../db/schema/index.ts';
import type { PathLevel, PathPolicy } from '../../domain/clouds/scp-denial.ts';
import type { OrganizationPlace } from '../../domain/clouds/simulation.ts';

/** AWS's policy that is attached wherever no customer's policy is, so that such targets are not kept, nor its text. */
const fullAccess = {
  id: 'p-FullAWSAccess',
  policy: { name: 'FullAWSAccess', content: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' } satisfies PathPolicy,
};

interface Attached extends PathPolicy {
  targetId: string;
  policyId: string;
}

interface Read {
  attached: Attached[];
  units: { id: string; name: string }[];
}

/** The policies that a denial is to be explained by are still being read: half of them would blame the wrong one. */
export class PoliciesUnread extends Error {}

/**
 * The service control policies on the way from the root to an account, as of the organization's newest complete listing.
 * Before there was one, those that `syncId`'s inventory has read. Empty where it is not known where the account hangs. Of
 * AWS's own policies only FullAWSAccess is known by its text. Throws PoliciesUnread while that inventory reads them.
 */
export async function loadPathPolicies(
  db: Database,
  { place, accountId, syncId }: { place: OrganizationPlace; accountId: string; syncId: string | null },
): Promise<PathLevel[]> {
  if (place.ancestors === null) return [];
  const targets = [...place.ancestors, accountId];
  const { attached, units } = (await readPublished(db, place.organizationId, targets)) ??
    (syncId === null ? null : await readSnapshot(db, syncId, targets)) ?? { attached: [], units: [] };
  const names = new Map(units.map(({ id, name }) => [id, name]));
  return targets.map((targetId) => {
    const here = attached.filter((one) => one.targetId === targetId);
    const policies = here.map(({ policyId, name, content }) => (policyId === fullAccess.id ? fullAccess.policy : { name, content }));
    return { targetId, targetName: names.get(targetId) ?? null, policies: here.length === 0 ? [fullAccess.policy] : policies };
  });
}

/** Null when none was published yet: an organization has FullAWSAccess at the least. */
async function readPublished(db: Database, awsOrganizationId: string, targets: string[]): Promise<Read | null> {
  const [organization] = await db
    .select({ id: cloudOrganizations.id })
    .from(cloudOrganizations)
    .where(
      and(
        eq(cloudOrganizations.awsOrganizationId, awsOrganizationId),
        exists(
          db
            .select({ id: serviceControlPolicies.policyId })
            .from(serviceControlPolicies)
            .where(eq(serviceControlPolicies.organizationId, cloudOrganizations.id)),
        ),
      ),
    );
  if (!organization) return null;
  const [policy, attachment, unit] = [serviceControlPolicies, policyAttachments, organizationalUnits];
  return {
    attached: await db
      .select({ targetId: attachment.targetId, policyId: policy.policyId, name: policy.name, content: policy.content })
      .from(attachment)
      .innerJoin(policy, and(eq(policy.organizationId, attachment.organizationId), eq(policy.policyId, attachment.policyId)))
      .where(and(eq(attachment.organizationId, organization.id), inArray(attachment.targetId, targets)))
      .orderBy(asc(policy.name), asc(policy.policyId)),
    units: await db
      .select({ id: unit.ouId, name: unit.name })
      .from(unit)
      .where(and(eq(unit.organizationId, organization.id), inArray(unit.ouId, targets))),
  };
}

async function readSnapshot(db: Database, syncId: string, targets: string[]): Promise<Read> {
  if (await isReadingPolicies(db, syncId)) throw new PoliciesUnread();
  const [policy, attachment, unit] = [syncPolicies, syncPolicyAttachments, syncOrganizationalUnits];
  return {
    attached: await db
      .select({ targetId: attachment.targetId, policyId: policy.policyId, name: policy.name, content: policy.content })
      .from(attachment)
      .innerJoin(policy, and(eq(policy.syncId, attachment.syncId), eq(policy.policyId, attachment.policyId)))
      .where(and(eq(attachment.syncId, syncId), inArray(attachment.targetId, targets)))
      .orderBy(asc(policy.name), asc(policy.policyId)),
    units: await db
      .select({ id: unit.ouId, name: unit.name })
      .from(unit)
      .where(and(eq(unit.syncId, syncId), inArray(unit.ouId, targets))),
  };
}

/** A sync that is past its listing, or never lists, reads no more: what it has is all that it will have. */
async function isReadingPolicies(db: Database, syncId: string): Promise<boolean> {
  const [listing] = await db
    .select({ completedAt: syncListings.completedAt })
    .from(syncs)
    .leftJoin(syncListings, and(eq(syncListings.syncId, syncs.id), eq(syncListings.listing, allPoliciesListing)))
    .where(and(eq(syncs.id, syncId), eq(syncs.phase, 'listing')));
  return listing !== undefined && listing.completedAt === null;
}
