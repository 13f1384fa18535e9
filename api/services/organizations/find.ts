import { eq } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { cloudOrganizations } from '../../../db/schema/index.ts';
import type { OrganizationRow } from '../../../db/schema/rows.ts';
import { conflict, noneWithId } from '../../problems/errors.ts';
import type { ServiceError } from '../../problems/service-error.ts';

/** An organization by Muster's id. Throws not_found. */
export async function findOrganization(db: Queryable, id: string): Promise<OrganizationRow> {
  const [row] = await db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id));
  if (!row) throw noneWithId('organization');
  return row;
}

/**
 * Like findOrganization, and locks the row until the transaction ends. Changes, the removal and slices of a sync also lock
 * this row first.
 */
export async function lockOrganization(tx: Transaction, id: string): Promise<OrganizationRow> {
  const [row] = await tx.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id)).for('update');
  if (!row) throw noneWithId('organization');
  return row;
}

/** The conflict with a registered organization. */
export async function organizationExists(db: Queryable, awsOrganizationId: string): Promise<ServiceError> {
  const [row] = await db
    .select({ id: cloudOrganizations.id, nickname: cloudOrganizations.nickname })
    .from(cloudOrganizations)
    .where(eq(cloudOrganizations.awsOrganizationId, awsOrganizationId));
  return row
    ? conflict(
        'organization_exists',
        `Organization ${awsOrganizationId} is already registered as "${row.nickname}". Use that organization, or remove it first.`,
        {
          type: 'organization',
          id: row.id,
        },
      )
    : conflict('organization_exists', `Organization ${awsOrganizationId} was registered a moment ago. Retry the call.`);
}
