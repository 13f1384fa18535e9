/** The customer's decisions: claiming, forwarding, accepting, releasing, rejecting (temporary-delegation-building-integration.html). */
import { readFields } from '../core/fields.ts';
import type { Operation } from '../core/service.ts';
import { authorizeRequest, findRequest, isRootUser } from './access.ts';
import { accessDenied, concurrentModification, invalidInput } from './errors.ts';
import { notes } from './fields.ts';
import { enterState, releaseToken, requestArn } from './request.ts';
import type { DelegationRequestState, StoredDelegationRequest } from './state.ts';

/** Approval as root only up to four hours (IAM User Guide, "Temporary delegation"). Seconds. */
const maxRootDuration = 4 * 3600;

function requireState(request: StoredDelegationRequest, operation: string, ...states: DelegationRequestState[]): void {
  if (!states.includes(request.state)) {
    throw invalidInput(`${operation} is not possible: the delegation request is in state ${request.state}.`);
  }
}

function readNotes(input: Record<string, unknown>): string | undefined {
  const fields = readFields(input);
  const text = fields.text('Notes', notes);
  fields.check();
  return text;
}

export const associateDelegationRequest: Operation = (input, call) => {
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'AssociateDelegationRequest');
  requireState(request, 'AssociateDelegationRequest', 'UNASSIGNED');
  request.ownerAccountId = call.caller.accountId;
  request.ownerId = call.caller.arn;
  enterState(call.world, request, 'ASSIGNED');
  return {};
};

export const updateDelegationRequest: Operation = (input, call) => {
  const text = readNotes(input);
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'UpdateDelegationRequest');
  requireState(request, 'UpdateDelegationRequest', 'ASSIGNED');
  if (text !== undefined) request.notes = text;
  enterState(call.world, request, 'PENDING_APPROVAL');
  return {};
};

/**
 * Records the approver, whose rights back the credentials. "SendDelegationToken has to be explicitly called" after it, or the
 * request rests in ACCEPTED: only the console releases the token at once (IAM User Guide, "Temporary delegation", states).
 */
export const acceptDelegationRequest: Operation = (input, call) => {
  const { caller, world } = call;
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'AcceptDelegationRequest');
  // InvalidInput is not among this operation's errors (API model).
  if (request.state !== 'ASSIGNED' && request.state !== 'PENDING_APPROVAL') {
    throw concurrentModification(`The delegation request cannot be accepted in state ${request.state}.`);
  }
  if (isRootUser(call) && request.sessionDurationSeconds > maxRootDuration) {
    throw accessDenied(call, 'iam:AcceptDelegationRequest', requestArn(request));
  }
  request.approver = {
    arn: caller.arn,
    userId: caller.userId,
    principalArn: caller.principalArn,
    sessionPolicies: caller.sessionPolicies,
    root: isRootUser(call),
  };
  enterState(world, request, 'ACCEPTED');
  return {};
};

export const sendDelegationToken: Operation = (input, call) => {
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'SendDelegationToken');
  if (request.onlySendByOwner && call.caller.arn !== request.ownerId) {
    throw accessDenied(call, 'iam:SendDelegationToken', requestArn(request));
  }
  requireState(request, 'SendDelegationToken', 'ACCEPTED');
  releaseToken(call.world, request);
  return {};
};

export const rejectDelegationRequest: Operation = (input, call) => {
  const text = readNotes(input);
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'RejectDelegationRequest');
  requireState(request, 'RejectDelegationRequest', 'ASSIGNED', 'PENDING_APPROVAL', 'ACCEPTED');
  if (text !== undefined) request.rejectionReason = text;
  enterState(call.world, request, 'REJECTED');
  return {};
};
