import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { delegationEvents, delegationRequests } from '../../db/schema/index.ts';
import type { LeftInAccount } from '../../workflows/contracts/delegation-onboarding.ts';

const stackType = 'AWS::CloudFormation::Stack';

/**
 * The parts of a request's stack that were last seen in the account, from the request's row and timeline. Nothing newer
 * is known once the delegated access is over. Empty if no stack was ever seen, or if its deletion was seen.
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
    // If a resource failed because its name is taken, the event may show the resource that has the name. That one is not ours.
    if (resourceStatus !== 'CREATE_IN_PROGRESS' && resourceStatus !== 'CREATE_COMPLETE') continue;
    if (typeof resourceType !== 'string' || resourceType === stackType || typeof physicalResourceId !== 'string') continue;
    resources.set(logicalResourceId, { type: resourceType, name: physicalResourceId });
  }
  return [{ type: stackType, name: request.name }, ...resources.values()];
}
