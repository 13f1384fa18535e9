import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { previews, syncs } from '../../../db/schema/index.ts';
import type { PreviewRow, SyncRow } from '../../../db/schema/rows.ts';
import type { Call } from '../../context.ts';
import { recordAudit } from '../audit/record.ts';

/** Lifetime of a preview. */
const keptHours = 24;

type NewPreview = Pick<
  PreviewRow,
  'id' | 'organizationId' | 'nickname' | 'organizationRoleArn' | 'managementAccountId' | 'memberRoleName' | 'scope'
>;
type PreviewWork = Pick<SyncRow, 'awsOrganizationId' | 'settingsGeneration'> & Partial<Pick<SyncRow, 'credentialSetId'>>;

/**
 * Inserts a preview and the sync row of its work. A preview from a snapshot starts in the phase `applying`: it does not
 * need its turn with the keeper, which ignores this phase.
 */
export async function insertPreview(
  tx: Transaction,
  call: Call,
  preview: NewPreview,
  work: PreviewWork,
  { fromSnapshot }: { fromSnapshot: boolean },
): Promise<SyncRow> {
  const [row] = await tx
    .insert(syncs)
    .values({
      id: newId(),
      kind: 'preview',
      organizationId: preview.organizationId,
      trigger: 'requested',
      ...(fromSnapshot ? { phase: 'applying' as const, startedAt: new Date() } : {}),
      ...work,
    })
    .returning();
  await tx.insert(previews).values({ ...preview, syncId: row!.id, expiresAt: sql`now() + make_interval(hours => ${keptHours})` });
  await recordAudit(tx, call, {
    action: 'preview.requested',
    target: { type: 'preview', id: preview.id },
    detail: { organizationId: preview.organizationId, awsOrganizationId: work.awsOrganizationId, scope: preview.scope, fromSnapshot },
  });
  return row!;
}
