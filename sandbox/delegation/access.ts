/** Permissions of the customer's identities on a delegation request (API model). */
import { readFields } from '../core/fields.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call } from '../core/service.ts';
import { accessDenied, noSuchRequest } from './errors.ts';
import { delegationRequestId } from './fields.ts';
import { expireDue, requestArn } from './request.ts';
import { delegationState } from './state.ts';
import type { StoredDelegationRequest } from './state.ts';

/** Finds the request that the call names; ValidationError or NoSuchEntity. */
export function findRequest(call: Call, input: Record<string, unknown>): StoredDelegationRequest {
  const fields = readFields(input);
  const id = fields.text('DelegationRequestId', delegationRequestId);
  fields.check();
  expireDue(call.world);
  const request = delegationState.of(call.world).requests.get(id);
  if (request === undefined) throw noSuchRequest(id);
  return request;
}

/**
 * Throws AccessDenied unless the caller may do `operation` with the request. An unclaimed request without an owner account
 * is open to every account; one with an owner account to its identities only. The identity that claimed it needs no
 * permission of its own except for accepting; a deny still counts.
 */
export function authorizeRequest(call: Call, request: StoredDelegationRequest, operation: string): void {
  const { caller } = call;
  const arn = requestArn(request, request.ownerAccountId ?? caller.accountId);
  const action = `iam:${operation}`;
  if (request.ownerAccountId !== undefined && request.ownerAccountId !== caller.accountId) throw accessDenied(call, action, arn);
  try {
    call.authorize(action, arn, request.ownerId === undefined ? {} : { 'iam:DelegationRequestOwner': request.ownerId });
  } catch (error) {
    const byDefault = caller.arn === request.ownerId && operation !== 'AcceptDelegationRequest';
    if (!(error instanceof AwsError) || error.message.includes('explicit deny') || !byDefault) throw error;
  }
}

/** Root here is the root user's own session; the administrator key of 12 digits stands for an administrator user. */
export function isRootUser(call: Call): boolean {
  return call.caller.kind !== 'administrator' && call.caller.arn.endsWith(':root');
}
