import { AwsError } from '../core/aws-error.ts';
import type { Caller } from '../core/caller.ts';
import type { Operation } from '../core/service.ts';
import type { PolicyDocument } from '../policy/document.ts';
import type { World } from '../core/world.ts';
import { invalidInput, noSuchRequest } from './errors.ts';
import { delegationState } from './state.ts';

/**
 * GetDelegatedAccessToken: credentials with the approver's rights, narrowed by the request's policy; all end at the same
 * moment, however often the token is redeemed (IAM User Guide, "Temporary delegation"). Which error AWS gives for a malformed, foreign or
 * revoked token is not documented; here the first two are InvalidParameterValue and the last AccessDenied, all final.
 */
export const getDelegatedAccessToken: Operation = (input, call) => {
  const { caller, world } = call;
  call.authorize('sts:GetDelegatedAccessToken', '*');
  const value = input['TradeInToken'];
  if (typeof value !== 'string' || value === '') {
    throw new AwsError(
      'ValidationError',
      "1 validation error detected: Value null at 'tradeInToken' failed to satisfy constraint: Member must not be null",
    );
  }
  const request = [...delegationState.of(world).requests.values()].find((candidate) => candidate.token?.value === value);
  if (request?.token === undefined || request.approver === undefined || request.partnerAccountId !== caller.accountId) {
    throw new AwsError('InvalidParameterValue', 'The trade-in token is not valid for this account.');
  }
  const { approver, token } = request;
  if (token.expiresAt <= world.now()) {
    throw new AwsError('ExpiredTradeInTokenException', 'The trade-in token provided in the request has expired.');
  }
  if (token.revoked) throw new AwsError('AccessDenied', 'The delegated access was revoked.', 403);
  const delegated: Caller = {
    accountId: request.ownerAccountId!,
    arn: approver.arn,
    userId: approver.userId,
    principalArn: approver.principalArn,
    kind: 'delegated',
    sessionPolicies: [...approver.sessionPolicies, JSON.parse(request.permissionPolicy) as PolicyDocument],
    expiresAt: token.expiresAt,
    invokedByDelegate: request.partnerAccountId,
    delegationRequestId: request.id,
  };
  return { Credentials: world.issueCredentials(delegated), AssumedPrincipal: approver.principalArn };
};

/**
 * The console's "Revoke access": the token and every credential got with it end at once, and no notification is sent.
 * Not possible when the root user approved (IAM User Guide, "Temporary delegation").
 * @throws AwsError NoSuchEntity, InvalidInput.
 */
export function revoke(world: World, requestId: string): void {
  const request = delegationState.of(world).requests.get(requestId);
  if (request === undefined) throw noSuchRequest(requestId);
  if (request.state !== 'FINALIZED' || request.token === undefined) throw invalidInput('Only access that was shared can be revoked.');
  if (request.approver?.root === true) throw invalidInput('Access that the root user approved cannot be revoked.');
  request.token.revoked = true;
  world.revokeCredentials((caller) => caller.delegationRequestId === requestId);
  world.touch();
}
