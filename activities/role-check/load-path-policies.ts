import { sleep } from '@temporalio/activity';
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
import { hashOfPolicy } from './hash-of-policy.ts';

/** AWS attaches this policy wherever no customer policy is attached, so neither such targets nor its text are stored. */
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

/** The policies that explain a denial are still being read. Half of them would blame the wrong one. */
export class PoliciesUnread extends Error {}

/**
 * The service control policies on the path from the root to an account. For a sync that lists the organization, the
 * sync's own listing counts, because policies may have changed since the last one. For every other check, the newest complete
 * listing counts. Empty if the account's place is unknown. FullAWSAccess is the only AWS policy whose
 * text is known. Throws PoliciesUnread if the sync has not read all policies after a short wait.
 */
export async function loadPathPolicies(
  db: Database,
  { place, accountId, syncId }: { place: OrganizationPlace; accountId: string; syncId: string | null },
): Promise<PathLevel[]> {
  if (place.ancestors === null) return [];
  const targets = [...place.ancestors, accountId];
  const isOwn = syncId !== null && (await hasOwnPolicies(db, syncId));
  const read = isOwn ? await readSnapshot(db, syncId, targets) : await readPublished(db, place.organizationId, targets);
  const { attached, units } = read ?? { attached: [], units: [] };
  const names = new Map(units.map(({ id, name }) => [id, name]));
  return targets.map((targetId) => {
    const here = attached.filter((one) => one.targetId === targetId);
    const policies = here.map(({ policyId, name, content }) =>
      policyId === fullAccess.id ? fullAccess.policy : identified(policyId, { name, content }),
    );
    return { targetId, targetName: names.get(targetId) ?? null, policies: here.length === 0 ? [fullAccess.policy] : policies };
  });
}

function identified(id: string, policy: PathPolicy): PathPolicy {
  return policy.content === null ? { ...policy, id } : { ...policy, id, hash: hashOfPolicy(policy.content) };
}

/** Null if none is published yet: every organization has at least FullAWSAccess. */
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

/** A check waits this long for the policies of its sync: usually they are read in a second or two. */
const policiesWait = { pauseMs: 250, times: 12 };

/** Waits a while until a sync or preview has read its policies. False for a recheck, which reads none. */
async function hasOwnPolicies(db: Database, syncId: string): Promise<boolean> {
  for (let waited = 0; ; waited += 1) {
    const [sync] = await db
      .select({ kind: syncs.kind, phase: syncs.phase, readAt: syncListings.completedAt })
      .from(syncs)
      .leftJoin(syncListings, and(eq(syncListings.syncId, syncs.id), eq(syncListings.listing, allPoliciesListing)))
      .where(eq(syncs.id, syncId));
    if (sync?.kind !== 'sync' && sync?.kind !== 'preview') return false;
    // A sync past its listing reads no further policies.
    if (sync.phase !== 'listing' || sync.readAt !== null) return true;
    if (waited === policiesWait.times) throw new PoliciesUnread();
    await sleep(policiesWait.pauseMs);
  }
}
