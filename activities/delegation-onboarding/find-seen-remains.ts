import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { delegationEvents, delegationRequests } from '../../db/schema/index.ts';
import type { LeftInAccount } from '../../workflows/contracts/delegation-onboarding.ts';

const stackType = 'AWS::CloudFormation::Stack';

/**
 * What a request's stack had in the account when it was last seen, by its row and timeline: all that can be said once
 * the delegated access is over. Empty when no stack of the request was ever seen, or when it was seen to be deleted.
 */
export async function findSeenRemains(db: Database, requestId: string): Promise<LeftInAccount[]> {
  const [request] = await db
    .select({ name: delegationRequests.stackName, status: delegationRequests.stackStatus })
    .from(delegationRequests)
    .where(eq(delegationRequests.id, requestId));
  if (!request?.name || request.status === 'DELETE_COMPLETE') return [];
  const events = await db
    .select({ detail: delegationEvents.detail })
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, requestId), eq(delegationEvents.type, 'stack_event')))
    .orderBy(asc(delegationEvents.number));
  const resources = new Map<unknown, LeftInAccount>();
  for (const { detail } of events) {
    const { logicalResourceId, resourceType, resourceStatus, physicalResourceId } = detail;
    if (resourceStatus === 'DELETE_COMPLETE') resources.delete(logicalResourceId);
    // A resource that failed because its name is taken may be shown under the name of what has it: that is not ours.
    if (resourceStatus !== 'CREATE_IN_PROGRESS' && resourceStatus !== 'CREATE_COMPLETE') continue;
    if (typeof resourceType !== 'string' || resourceType === stackType || typeof physicalResourceId !== 'string') continue;
    resources.set(logicalResourceId, { type: resourceType, name: physicalResourceId });
  }
  return [{ type: stackType, name: request.name }, ...resources.values()];
}
