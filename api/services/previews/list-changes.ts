import { sql } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import type { PreviewRow } from '../../../db/schema/rows.ts';
import type { ChangeKind } from '../../../domain/organizations/plan.ts';
import type { Call } from '../../context.ts';
import { toPreviewChange, type PreviewChange, type PreviewChangeRow } from '../../schemas/preview.ts';
import { decodeCursor, toPage, type Page, type PageRequest } from '../lists/page.ts';
import { findPreview } from './find.ts';

export interface PreviewChangeFilter extends PageRequest {
  /** Matches any of the values. */
  change?: ChangeKind[] | undefined;
}

/** One page of a preview's changes. Throws not_found, invalid_input. */
export async function listPreviewChanges(call: Call, id: string, filter: PreviewChangeFilter): Promise<Page<PreviewChange>> {
  const { db } = call.deps.database;
  return await listChanges(db, await findPreview(db, id), filter);
}

/** The changes of a preview, in the order in which AWS listed the accounts. Empty until the preview is ready. */
export async function listChanges(db: Queryable, preview: PreviewRow, filter: PreviewChangeFilter): Promise<Page<PreviewChange>> {
  const list = 'preview-changes';
  const after = decodeCursor(list, filter.cursor, (position) => position.length === 2 && position.every((part) => /^\d{1,9}$/.test(part)));
  if (preview.state !== 'ready') return { items: [], nextCursor: null, total: 0 };
  const changes = sql`sync_accounts a cross join lateral unnest(a.changes) with ordinality as u(change, ordinal)`;
  const matching = filter.change
    ? sql`a.sync_id = ${preview.syncId} and u.change in (select jsonb_array_elements_text(${JSON.stringify(filter.change)}::jsonb))`
    : sql`a.sync_id = ${preview.syncId}`;
  const condition = after ? sql`and (a.number, u.ordinal) > (${Number(after[0])}::int, ${Number(after[1])}::bigint)` : sql``;
  const rows = await db.execute<PreviewChangeRow & Record<string, unknown>>(sql`
    select a.number, u.ordinal::int as ordinal, a.account_id as "accountId", a.name, a.path, u.change, a.rule, a.badge_changes as "badgeChanges"
    from ${changes} where ${matching} ${condition} order by a.number, u.ordinal limit ${filter.limit + 1}`);
  const [counted] = await db.execute<{ total: number }>(sql`select count(*)::int as total from ${changes} where ${matching}`);
  return toPage([...rows], filter, counted!.total, list, ({ number, ordinal }) => [String(number), String(ordinal)], toPreviewChange);
}
