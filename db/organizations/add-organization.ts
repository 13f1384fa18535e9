import { autoBadgingMinutes, syncMinutes } from '../../domain/organizations/intervals.ts';
import type { Transaction } from '../client.ts';
import { cloudOrganizations } from '../schema/index.ts';
import type { OrganizationRow, SyncRow } from '../schema/rows.ts';
import { requestWork } from './request-work.ts';

/** The constraint by which an installation registers an organization once (O6). */
export const organizationConstraint = 'cloud_organizations_aws_id_key';

type NewOrganization = Omit<typeof cloudOrganizations.$inferInsert, 'syncEveryMinutes' | 'autoBadgingEveryMinutes'>;

/**
 * Registers an organization with the default intervals and requests its first sync (O9). The caller signals the keeper
 * after its commit. Violates `organizationConstraint` if the organization is already registered.
 */
export async function addOrganization(tx: Transaction, organization: NewOrganization): Promise<{ row: OrganizationRow; sync: SyncRow }> {
  const [row] = await tx
    .insert(cloudOrganizations)
    .values({ ...organization, syncEveryMinutes: syncMinutes.default, autoBadgingEveryMinutes: autoBadgingMinutes.default })
    .returning();
  return { row: row!, sync: await requestWork(tx, row!, { kind: 'sync', trigger: 'added' }) };
}
