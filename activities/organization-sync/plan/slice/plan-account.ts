import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../../db/client.ts';
import { organizationalUnits, previews, syncOrganizationalUnits } from '../../../../db/schema/index.ts';
import {
  planAccount,
  type AccountPlan,
  type ListedAccount,
  type ListedCloud,
  type PlanContext,
} from '../../../../domain/organizations/plan.ts';
import { judgeScope } from '../../../../domain/organizations/scope.ts';
import { OrganizationTree } from '../../../../domain/organizations/tree.ts';
import type { SliceMode } from '../../../../workflows/contracts/organization-sync.ts';
import type { SyncForWriting } from '../../../organization-keeper/load-sync-for-writing.ts';
import type { SliceAccount } from './load-slice.ts';

/** The settings and names that a slice's plan uses. */
export interface SlicePlanner {
  context: PlanContext;
  tree: OrganizationTree;
  /** Our id of the organization; null if it is not registered. */
  organizationId: string | null;
}

export interface PlannedAccount extends SliceAccount {
  /** The account as AWS listed it; null for a cloud that was not listed. */
  listed: ListedAccount | null;
  /** The account is in scope. */
  wanted: boolean;
  /** Null if nothing changes. */
  plan: AccountPlan | null;
}

/** Loads the settings and names that a slice's plan uses. */
export async function loadPlanner(tx: Transaction, { sync, organization }: SyncForWriting, mode: SliceMode): Promise<SlicePlanner> {
  const [preview] = sync.kind === 'preview' ? await tx.select().from(previews).where(eq(previews.syncId, sync.id)) : [];
  const context: PlanContext = {
    awsOrganizationId: sync.awsOrganizationId,
    nickname: preview?.nickname ?? organization!.nickname,
    scope: sync.plannedScope ?? preview?.scope ?? organization!.scope,
    complete: mode !== 'early' && sync.listingCompletedAt !== null,
  };
  // During the listing, names from an earlier sync are better than none. A later slice corrects them.
  const known = mode === 'early' ? await earlierUnits(tx, organization!.id) : [];
  const seen = await tx
    .select({ id: syncOrganizationalUnits.ouId, parentId: syncOrganizationalUnits.parentId, name: syncOrganizationalUnits.name })
    .from(syncOrganizationalUnits)
    .where(eq(syncOrganizationalUnits.syncId, sync.id));
  return { context, tree: new OrganizationTree([...known, ...seen]), organizationId: organization?.id ?? null };
}

function earlierUnits(tx: Transaction, organizationId: string) {
  return tx
    .select({ id: organizationalUnits.ouId, parentId: organizationalUnits.parentId, name: organizationalUnits.name })
    .from(organizationalUnits)
    .where(eq(organizationalUnits.organizationId, organizationId));
}

/** Plans one account of a slice; null while its scope depends on a place that is not known. */
export function planOne({ context, tree, organizationId }: SlicePlanner, account: SliceAccount): PlannedAccount | null {
  const { row, cloud, badges, tags } = account;
  const { accountId, name, state, ancestors } = row;
  const listed = row.pass === null ? null : { accountId, name, state, ancestors, path: ancestors && tree.namesOf(ancestors) };
  const verdict = listed && judgeScope(context.scope, listed).verdict;
  if (verdict === 'undecided') return null;
  const registered = cloud && toListedCloud(cloud, organizationId);
  return {
    ...account,
    listed,
    wanted: verdict === 'in_scope',
    plan: planAccount(context, { account: listed, cloud: registered, badges, tags }),
  };
}

function toListedCloud(cloud: NonNullable<SliceAccount['cloud']>, organizationId: string | null): ListedCloud {
  const managed = cloud.organizationId === organizationId ? ('this' as const) : ('other' as const);
  return {
    accountId: cloud.accountId,
    managedBy: cloud.managed ? managed : 'none',
    name: cloud.name,
    parentId: cloud.organizationParentId,
    path: cloud.organizationPath,
    suspended: cloud.status === 'suspended',
    hasOwnCredentials: cloud.sleepingCredentialSetId !== null,
  };
}
