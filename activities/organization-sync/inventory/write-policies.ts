import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { syncPolicies, syncPolicyAttachments } from '../../../db/schema/index.ts';

/** A service control policy as ListPolicies returns it. */
export interface SnapshotPolicy {
  policyId: string;
  name: string;
  description: string | null;
  awsManaged: boolean;
}

/** Writes a page of policies; their contents come later. */
export async function writePolicies(tx: Transaction, syncId: string, policies: readonly SnapshotPolicy[]): Promise<void> {
  if (policies.length === 0) return;
  await tx
    .insert(syncPolicies)
    .values(policies.map((policy) => ({ syncId, ...policy })))
    .onConflictDoUpdate({
      target: [syncPolicies.syncId, syncPolicies.policyId],
      set: { name: sql`excluded.name`, description: sql`excluded.description`, awsManaged: sql`excluded.aws_managed` },
    });
}

/** Deletes all policies, because their listing restarts. */
export async function dropPolicies(tx: Transaction, syncId: string): Promise<void> {
  await tx.delete(syncPolicies).where(eq(syncPolicies.syncId, syncId));
}

/** Deletes a policy that was deleted at AWS during the listing. */
export async function dropPolicy(tx: Transaction, syncId: string, policyId: string): Promise<void> {
  await tx.delete(syncPolicies).where(and(eq(syncPolicies.syncId, syncId), eq(syncPolicies.policyId, policyId)));
  await dropAttachments(tx, syncId, { policyId });
}

/** Writes a policy's JSON text. */
export async function writePolicyContent(tx: Transaction, syncId: string, policyId: string, content: string): Promise<void> {
  await tx
    .update(syncPolicies)
    .set({ content })
    .where(and(eq(syncPolicies.syncId, syncId), eq(syncPolicies.policyId, policyId)));
}

export interface Attachment {
  policyId: string;
  targetId: string;
}

/** Writes attachments of policies to targets. */
export async function writeAttachments(tx: Transaction, syncId: string, attachments: readonly Attachment[]): Promise<void> {
  if (attachments.length === 0) return;
  await tx
    .insert(syncPolicyAttachments)
    .values(attachments.map((attachment) => ({ syncId, ...attachment })))
    .onConflictDoNothing();
}

/** Deletes the attachments of a policy, or to a target. */
export async function dropAttachments(tx: Transaction, syncId: string, of: { policyId: string } | { targetId: string }): Promise<void> {
  const matches = 'policyId' in of ? eq(syncPolicyAttachments.policyId, of.policyId) : eq(syncPolicyAttachments.targetId, of.targetId);
  await tx.delete(syncPolicyAttachments).where(and(eq(syncPolicyAttachments.syncId, syncId), matches));
}

/** The customer's policies of a snapshot; with `unread`, only attached ones without content. */
export async function loadCustomerPolicies(db: Database, syncId: string, which: 'all' | 'unread' = 'all'): Promise<string[]> {
  const isUnread = sql`${syncPolicies.content} is null and exists (select from sync_policy_attachments a
    where a.sync_id = ${syncPolicies.syncId} and a.policy_id = ${syncPolicies.policyId})`;
  const rows = await db
    .select({ policyId: syncPolicies.policyId })
    .from(syncPolicies)
    .where(and(eq(syncPolicies.syncId, syncId), eq(syncPolicies.awsManaged, false), which === 'all' ? undefined : isUnread))
    .orderBy(syncPolicies.policyId);
  return rows.map((row) => row.policyId);
}

/** Every known target of a policy. */
export async function loadTargets(db: Database, syncId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ targetId: syncPolicyAttachments.targetId })
    .from(syncPolicyAttachments)
    .where(eq(syncPolicyAttachments.syncId, syncId))
    .orderBy(syncPolicyAttachments.targetId);
  return rows.map((row) => row.targetId);
}
