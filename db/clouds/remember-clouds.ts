import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../client.ts';
import { rememberedClouds } from '../schema/index.ts';

/** Muster remembers a removed cloud for this time. */
export const rememberedDays = 30;

/**
 * Remembers clouds that a sync is about to remove: id, nickname, the badges that people made and
 * the active acknowledgements (C5). A cloud that leaves
 * again replaces its earlier memory.
 */
export async function rememberClouds(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.execute(sql`
    insert into remembered_clouds (provider, partition, account_id, cloud_id, organization_id, nickname, badges, acknowledgements, expires_at)
    select c.provider, c.partition, c.account_id, c.id, c.organization_id, c.nickname, coalesce(b.made, '[]'::jsonb), coalesce(a.made, '[]'::jsonb),
      now() + make_interval(days => ${rememberedDays})
    from clouds c
    left join (
      select cloud_id, jsonb_agg(jsonb_build_object('key', key, 'value', value, 'updatedAt', updated_at) order by key) as made
      from badges where cloud_id = any(${sql.param(ids)}::uuid[]) and source = 'person' group by cloud_id
    ) b on b.cloud_id = c.id
    left join (
      select cloud_id, jsonb_agg(jsonb_build_object('id', id, 'code', code, 'policyId', policy_id, 'policyHash', policy_hash,
        'action', action, 'reason', reason, 'until', until, 'createdBy', created_by, 'createdAt', created_at) order by id) as made
      from acknowledgements where cloud_id = any(${sql.param(ids)}::uuid[]) and ended_at is null and until > now() group by cloud_id
    ) a on a.cloud_id = c.id
    where c.id = any(${sql.param(ids)}::uuid[])
    order by c.account_id
    on conflict (provider, partition, account_id) do update
      set cloud_id = excluded.cloud_id, organization_id = excluded.organization_id, nickname = excluded.nickname,
        badges = excluded.badges, acknowledgements = excluded.acknowledgements, removed_at = now(), expires_at = excluded.expires_at`);
}

/** Forgets an account, because a person removed its cloud. */
export async function forgetCloud(tx: Transaction, { partition, accountId }: { partition: string; accountId: string }): Promise<void> {
  await tx
    .delete(rememberedClouds)
    .where(and(eq(rememberedClouds.provider, 'aws'), eq(rememberedClouds.partition, partition), eq(rememberedClouds.accountId, accountId)));
}

/** Forgets every cloud that left an organization, because a person removed the organization with its clouds. */
export async function forgetCloudsOf(tx: Transaction, organizationId: string): Promise<void> {
  await tx.delete(rememberedClouds).where(eq(rememberedClouds.organizationId, organizationId));
}
