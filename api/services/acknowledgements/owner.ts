import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import type { AcknowledgementOwner } from '../../../db/clouds/settle-clouds.ts';
import { acknowledgements } from '../../../db/schema/index.ts';
import { findCloud, lockCloud } from '../clouds/find.ts';
import { findOrganization, lockOrganization } from '../organizations/find.ts';

/** The cloud or organization in the path of a call. */
export interface Owner {
  type: 'cloud' | 'organization';
  id: string;
}

/** Throws not_found if the cloud or organization does not exist. */
export async function requireOwner(db: Queryable, { type, id }: Owner): Promise<void> {
  await (type === 'cloud' ? findCloud(db, id) : findOrganization(db, id));
}

/** Like requireOwner, and locks the row, so that the owner's acknowledgements change one after another. */
export async function lockOwner(tx: Transaction, { type, id }: Owner): Promise<void> {
  await (type === 'cloud' ? lockCloud(tx, id) : lockOrganization(tx, id));
}

export function columnsOf({ type, id }: Owner): AcknowledgementOwner {
  return type === 'cloud' ? { cloudId: id, organizationId: null } : { cloudId: null, organizationId: id };
}

/** The condition for the owner's acknowledgements. */
export function ofOwner({ type, id }: Owner) {
  return eq(type === 'cloud' ? acknowledgements.cloudId : acknowledgements.organizationId, id);
}
