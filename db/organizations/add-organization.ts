import { autoBadgingMinutes, syncMinutes } from '../../domain/organizations/intervals.ts';
import type { Transaction } from '../client.ts';
import { cloudOrganizations } from '../schema/index.ts';
import type { OrganizationRow, SyncRow } from '../schema/rows.ts';
import { requestWork } from './request-work.ts';

/** The constraint that holds one organization an installation (O6). */
export const organizationConstraint = 'cloud_organizations_aws_id_key';

type NewOrganization = Omit<typeof cloudOrganizations.$inferInsert, 'syncEveryMinutes' | 'autoBadgingEveryMinutes'>;

/**
 * Registers an organization at the usual intervals and asks for its first sync (O9); the caller signals the keeper after
 * its commit. Runs into `organizationConstraint` when the organization is there already.
 */
export async function addOrganization(tx: Transaction, organization: NewOrganization): Promise<{ row: OrganizationRow; sync: SyncRow }> {
  const [row] = await tx
    .insert(cloudOrganizations)
    .values({ ...organization, syncEveryMinutes: syncMinutes.default, autoBadgingEveryMinutes: autoBadgingMinutes.default })
    .returning();
  return { row: row!, sync: await requestWork(tx, row!, { kind: 'sync', trigger: 'added' }) };
}
