import { and, eq, isNotNull } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { findUnknownIds } from '../../../db/organizations/unknown-scope-ids.ts';
import { previews, syncs } from '../../../db/schema/index.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import { invalid } from '../../problems/errors.ts';
import { scopeUnknown } from './scope-ids.ts';

/** The complete listing of a finished preview, with which a call compares its scope. */
export interface PreviewedListing {
  syncId: string;
  awsOrganizationId: string;
}

/** The listing of a finished preview. Throws invalid_input if there is no such preview, or if its listing is not complete. */
export async function findPreviewedListing(db: Queryable, previewId: string): Promise<PreviewedListing> {
  const [listing] = await db
    .select({ syncId: syncs.id, awsOrganizationId: syncs.awsOrganizationId })
    .from(previews)
    .innerJoin(syncs, eq(syncs.id, previews.syncId))
    .where(and(eq(previews.id, previewId), eq(previews.state, 'ready'), isNotNull(syncs.listingCompletedAt)));
  if (listing) return listing;
  throw invalidPreview('There is no finished preview with this id and a complete listing. It may have expired. Preview again.');
}

/** Refuses a preview of another organization than that of the credentials. Throws invalid_input. */
export function refuseOtherOrganization(listing: PreviewedListing, awsOrganizationId: string): void {
  if (listing.awsOrganizationId === awsOrganizationId) return;
  throw invalidPreview(
    `The preview is of organization ${listing.awsOrganizationId}, but the credentials belong to ${awsOrganizationId}. Preview ${awsOrganizationId}.`,
  );
}

/** Refuses units and accounts that the listing of the preview lacks (O8). Throws scope_unknown. */
export async function refuseUnpreviewedIds(db: Queryable, { syncId }: PreviewedListing, scope: OrganizationScope): Promise<void> {
  const unknown = await findUnknownIds(db, syncId, scope);
  if (unknown.length > 0)
    throw scopeUnknown(scope, unknown, 'in the listing of the preview. Correct the ids, or preview again if they are new at AWS.');
}

function invalidPreview(message: string) {
  return invalid([{ pointer: '/previewId', message }]);
}
