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

/** What a slice is planned by. */
export interface SlicePlanner {
  context: PlanContext;
  tree: OrganizationTree;
  /** Ours; null for an organization that is not registered. */
  organizationId: string | null;
}

export interface PlannedAccount extends SliceAccount {
  /** As listed; null for a cloud that was not. */
  listed: ListedAccount | null;
  /** The scope wants it. */
  wanted: boolean;
  /** Null when nothing is to be done or told. */
  plan: AccountPlan | null;
}

/** Reads the settings and names that a slice is planned by. */
export async function loadPlanner(tx: Transaction, { sync, organization }: SyncForWriting, mode: SliceMode): Promise<SlicePlanner> {
  const [preview] = sync.kind === 'preview' ? await tx.select().from(previews).where(eq(previews.syncId, sync.id)) : [];
  const context: PlanContext = {
    awsOrganizationId: sync.awsOrganizationId,
    nickname: preview?.nickname ?? organization!.nickname,
    scope: sync.plannedScope ?? preview?.scope ?? organization!.scope,
    complete: mode !== 'early' && sync.listingCompletedAt !== null,
  };
  // While the listing goes on, names that an earlier sync saw are better than none: what comes after it puts them right.
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

/** Plans one account of a slice; null while its place is asked for and not known. */
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
