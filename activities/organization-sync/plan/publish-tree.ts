import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { loadSyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';

/**
 * Makes the snapshot's units, policies and attachments the organization's: writes differences and deletes what is gone.
 * Does nothing for a sync that has ended, because a later sync may have published already.
 */
export async function publishTree(db: Database, { syncId }: { syncId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const { sync, organization, ended } = await loadSyncForWriting(tx, syncId, 'no key update');
    if (!organization || sync.kind === 'preview' || ended) return;
    const organizationId = organization.id;

    await tx.execute(sql`
      insert into organizational_units (organization_id, ou_id, parent_id, name)
      select ${organizationId}::uuid, ou_id, parent_id, name from sync_organizational_units where sync_id = ${syncId}
      on conflict (organization_id, ou_id) do update
        set parent_id = excluded.parent_id, name = excluded.name, updated_at = now()
        where (organizational_units.parent_id, organizational_units.name) is distinct from (excluded.parent_id, excluded.name)`);
    await tx.execute(sql`
      delete from organizational_units o where o.organization_id = ${organizationId}
        and not exists (select from sync_organizational_units s where s.sync_id = ${syncId} and s.ou_id = o.ou_id)`);

    await tx.execute(sql`
      insert into service_control_policies (organization_id, policy_id, name, description, aws_managed, content)
      select ${organizationId}::uuid, policy_id, name, description, aws_managed, content from sync_policies where sync_id = ${syncId}
      on conflict (organization_id, policy_id) do update
        set name = excluded.name, description = excluded.description, aws_managed = excluded.aws_managed, content = excluded.content,
          updated_at = now()
        where (service_control_policies.name, service_control_policies.description, service_control_policies.aws_managed,
          service_control_policies.content) is distinct from (excluded.name, excluded.description, excluded.aws_managed, excluded.content)`);
    // The foreign key deletes their attachments.
    await tx.execute(sql`
      delete from service_control_policies p where p.organization_id = ${organizationId}
        and not exists (select from sync_policies s where s.sync_id = ${syncId} and s.policy_id = p.policy_id)`);
    await tx.execute(sql`
      delete from policy_attachments a where a.organization_id = ${organizationId}
        and not exists (select from sync_policy_attachments s
          where s.sync_id = ${syncId} and s.policy_id = a.policy_id and s.target_id = a.target_id)`);
    await tx.execute(sql`
      insert into policy_attachments (organization_id, policy_id, target_id)
      select ${organizationId}::uuid, a.policy_id, a.target_id from sync_policy_attachments a
      join sync_policies p on p.sync_id = a.sync_id and p.policy_id = a.policy_id
      where a.sync_id = ${syncId}
      on conflict do nothing`);
  });
}
