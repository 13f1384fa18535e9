import { asc, eq } from 'drizzle-orm';
import type { Call } from '../../context.ts';
import { delegationEvents } from '../../../db/schema/index.ts';
import { toDelegationRequest, toTimelineEntry, type DelegationRequestWithTimeline } from '../../schemas/delegation-request.ts';
import { findDelegationRequest } from './find.ts';

/** A request with its timeline, oldest entry first (D8). Throws not_found. */
export async function getDelegationRequest(call: Call, id: string): Promise<DelegationRequestWithTimeline> {
  const { db } = call.deps.database;
  const row = await findDelegationRequest(db, id);
  const timeline = await db.select().from(delegationEvents).where(eq(delegationEvents.requestId, id)).orderBy(asc(delegationEvents.number));
  return { ...toDelegationRequest(row), timeline: timeline.map(toTimelineEntry) };
}
