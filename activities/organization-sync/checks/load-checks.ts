import { and, asc, between, eq, inArray, isNull } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { cloudOrganizations, previews, syncAccounts, syncs } from '../../../db/schema/index.ts';
import { wholeOrganization, type OrganizationScope, type ScopedAccount } from '../../../domain/organizations/scope.ts';
import type { MemberStackSet } from '../../../db/schema/cloud-organizations.ts';
import type { AccountRange } from '../../../workflows/contracts/organization-sync.ts';
import { organizationRemovedFailure } from '../../organization-keeper/organization-removed-failure.ts';

/** The accounts and settings of a batch of checks. */
export interface ChecksToMake {
  awsOrganizationId: string;
  credentialSetId: string;
  /** The scope that leaves accounts out; null for a recheck, whose accounts are clouds already. */
  scope: OrganizationScope | null;
  accounts: ScopedAccount[];
  /** Our stack set that brings the member roles; null if the customer deploys them. */
  memberStackSet: MemberStackSet | null;
}

/** Loads the unchecked accounts of a range and the settings of their checks. */
export async function loadChecks(db: Database, { syncId, from, to }: AccountRange): Promise<ChecksToMake> {
  const [sync] = await db
    .select({
      kind: syncs.kind,
      awsOrganizationId: syncs.awsOrganizationId,
      own: syncs.credentialSetId,
      organizations: cloudOrganizations.credentialSetId,
      planned: syncs.plannedScope,
      tried: previews.scope,
      current: cloudOrganizations.scope,
      memberStackSet: cloudOrganizations.memberStackSet,
    })
    .from(syncs)
    .leftJoin(cloudOrganizations, eq(cloudOrganizations.id, syncs.organizationId))
    .leftJoin(previews, eq(previews.syncId, syncs.id))
    .where(eq(syncs.id, syncId));
  const credentialSetId = sync?.own ?? sync?.organizations;
  if (!sync || !credentialSetId) throw organizationRemovedFailure(syncId);
  const accounts = await db
    .select({
      accountId: syncAccounts.accountId,
      name: syncAccounts.name,
      state: syncAccounts.state,
      ancestors: syncAccounts.ancestors,
    })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), between(syncAccounts.number, from, to), ...isUnchecked()))
    .orderBy(asc(syncAccounts.number));
  const scope = sync.planned ?? sync.tried ?? sync.current ?? wholeOrganization;
  const { awsOrganizationId, memberStackSet } = sync;
  return { awsOrganizationId, credentialSetId, scope: sync.kind === 'recheck' ? null : scope, accounts, memberStackSet };
}

/** Accounts whose check is waiting or deferred. A check that was given up has a status. */
export function isUnchecked() {
  return [inArray(syncAccounts.checkState, ['waiting', 'deferred']), isNull(syncAccounts.status)] as const;
}
