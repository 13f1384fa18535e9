import { and, eq, isNotNull } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { markSignalled } from '../../../db/organizations/mark-signalled.ts';
import { previews, syncs } from '../../../db/schema/index.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { Call } from '../../context.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import type { Preview } from '../../schemas/preview.ts';
import { lockOrganization } from '../organizations/find.ts';
import { refuseUnlistedIds, type ScopeOptions } from '../organizations/scope-ids.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { requireTemporal } from '../temporal.ts';
import { insertPreview } from './insert.ts';
import { waitForPreview } from './wait-for.ts';

/**
 * Previews a new scope or a sync of an organization (O16). A new scope is planned at once on the newest complete listing.
 * Otherwise, the preview lists the organization, and waits for its turn with the keeper. Throws not_found, scope_unknown,
 * temporal_unavailable.
 */
export async function previewOrganization(
  call: Call,
  id: string,
  { scope, allowUnknown }: { scope: OrganizationScope | undefined } & ScopeOptions,
  once: KeyClaim,
): Promise<Preview> {
  await requireTemporal(call);
  const { previewId, work } = await call.deps.database.db.transaction(async (tx) => {
    const organization = await lockOrganization(tx, id);
    const previewId = await once.claim(tx, newId());
    if (await previewExists(tx, previewId)) return { previewId, work: null };
    if (scope && !allowUnknown) await refuseUnlistedIds(tx, organization, scope);
    const { nickname, memberRoleName, awsOrganizationId, settingsGeneration } = organization;
    const preview = {
      id: previewId,
      organizationId: id,
      organizationRoleArn: null,
      managementAccountId: null,
      nickname,
      memberRoleName,
      scope: scope ?? organization.scope,
    };
    const fromSnapshot = scope !== undefined && (await hasSnapshot(tx, id));
    return { previewId, work: await insertPreview(tx, call, preview, { awsOrganizationId, settingsGeneration }, { fromSnapshot }) };
  });
  if (work?.phase === 'queued') await wakeKeeper(call, work);
  else if (work) await startSnapshotPreview(call, work);
  return await waitForPreview(call, previewId);
}

async function previewExists(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.$count(previews, eq(previews.id, id))) > 0;
}

async function hasSnapshot(tx: Transaction, organizationId: string): Promise<boolean> {
  const complete = and(
    eq(syncs.organizationId, organizationId),
    eq(syncs.kind, 'sync'),
    eq(syncs.phase, 'completed'),
    isNotNull(syncs.listingCompletedAt),
  );
  return (await tx.$count(syncs, complete)) > 0;
}

/** Does not throw: the row is committed, and the reconciler starts the work of rows without `signalledAt`. */
async function startSnapshotPreview(call: Call, { id: syncId, awsOrganizationId }: SyncRow): Promise<void> {
  const { database, workflows, log } = call.deps;
  try {
    await workflows.startSnapshotPreview({ syncId, awsOrganizationId });
  } catch {
    log.warn({ syncId, requestId: call.requestId }, 'could not start the preview; the reconciler will start it');
    return;
  }
  await markSignalled(database.db, syncId);
}
