/** Notifications to the partner's SNS topic, key for key as documented (IAM User Guide, "Temporary delegation"). */
import type { World } from '../core/world.ts';
import { publishFromService } from '../sns/index.ts';
import type { StoredDelegationRequest } from './state.ts';

/** Notifies the partner of the request's state; UNASSIGNED has no notification. */
export function notifyState(world: World, request: StoredDelegationRequest): void {
  if (request.state === 'UNASSIGNED') return;
  send(world, request, {
    RequestorWorkflowId: request.requestorWorkflowId,
    Type: 'StateChange',
    RequestId: request.id,
    // The notifications spell this state with a space, unlike the API.
    State: request.state === 'PENDING_APPROVAL' ? 'PENDING APPROVAL' : request.state,
    OwnerAccountId: request.ownerAccountId,
    UpdatedAt: new Date(request.updatedAt).toISOString(),
  });
}

/** Hands the exchange token over, beside the FINALIZED state change. */
export function notifyExchangeToken(world: World, request: StoredDelegationRequest): void {
  send(world, request, {
    RequestId: request.id,
    RequestorWorkflowId: request.requestorWorkflowId,
    State: request.state,
    OwnerAccountId: request.ownerAccountId,
    ExchangeToken: request.token!.value,
    ExpiresAt: new Date(request.token!.expiresAt).toISOString(),
    UpdatedAt: new Date(request.updatedAt).toISOString(),
    Type: 'ExchangeToken',
  });
}

// A missing topic, or a policy that does not let iam.amazonaws.com publish, means silence (IAM User Guide, "Temporary delegation").
function send(world: World, request: StoredDelegationRequest, body: Record<string, string | undefined>): void {
  publishFromService(world, 'iam.amazonaws.com', request.notificationChannel, JSON.stringify(body));
}
