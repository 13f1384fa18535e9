import { and, asc, gt, isNull, not, sql } from 'drizzle-orm';
import { acknowledgements } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { toAcknowledgement, type Acknowledgement } from '../../schemas/acknowledgement.ts';
import { afterIdCursor } from '../lists/by-id.ts';
import { toPage, type Page, type PageRequest } from '../lists/page.ts';
import { ofOwner, requireOwner, type Owner } from './owner.ts';

export interface AcknowledgementFilter extends PageRequest {
  state?: Acknowledgement['state'] | undefined;
}

/** The acknowledgements of a cloud or an organization, oldest first, ended ones included. Throws not_found. */
export async function listAcknowledgements(call: Call, owner: Owner, filter: AcknowledgementFilter): Promise<Page<Acknowledgement>> {
  const { db } = call.deps.database;
  await requireOwner(db, owner);
  const list = 'acknowledgements';
  const isActive = and(isNull(acknowledgements.endedAt), gt(acknowledgements.until, sql`now()`))!;
  const ofState = filter.state === undefined ? undefined : filter.state === 'active' ? isActive : not(isActive);
  const matching = and(ofOwner(owner), ofState);
  const rows = await db
    .select()
    .from(acknowledgements)
    .where(and(matching, afterIdCursor(list, filter.cursor, acknowledgements.id)))
    .orderBy(asc(acknowledgements.id))
    .limit(filter.limit + 1);
  return toPage(rows, filter, await db.$count(acknowledgements, matching), list, ({ id }) => [id], toAcknowledgement);
}
