/** Reading delegation requests, on the customer's side only: partners have nothing but their notifications (API model). */
import { readFields } from '../core/fields.ts';
import type { Operation } from '../core/service.ts';
import { authorizeRequest, findRequest } from './access.ts';
import { invalidInput } from './errors.ts';
import * as field from './fields.ts';
import { checkPermissions } from './permission-check.ts';
import { expireDue } from './request.ts';
import { delegationState } from './state.ts';
import type { StoredDelegationRequest } from './state.ts';
import { summarize } from './summary.ts';

/** The API's `DelegationRequest` structure. */
function view(request: StoredDelegationRequest): Record<string, unknown> {
  return {
    DelegationRequestId: request.id,
    OwnerAccountId: request.ownerAccountId,
    Description: request.description,
    RequestMessage: request.requestMessage,
    Permissions: { PolicyTemplateArn: request.policyTemplateArn, Parameters: request.parameters },
    PermissionPolicy: request.permissionPolicy,
    RolePermissionRestrictionArns: request.boundaryArns,
    OwnerId: request.ownerId,
    ApproverId: request.approver?.arn,
    State: request.state,
    ExpirationTime: request.expiresAt === undefined ? undefined : new Date(request.expiresAt),
    RequestorId: request.partnerAccountId,
    RequestorName: request.partnerName,
    CreateDate: new Date(request.createdAt),
    SessionDuration: request.sessionDurationSeconds,
    RedirectUrl: request.redirectUrl,
    Notes: request.notes,
    RejectionReason: request.rejectionReason,
    OnlySendByOwner: request.onlySendByOwner,
    UpdatedTime: new Date(request.updatedAt),
  };
}

export const getDelegationRequest: Operation = (input, call) => {
  const request = findRequest(call, input);
  authorizeRequest(call, request, 'GetDelegationRequest');
  const wanted = readFields(input).boolean('DelegationPermissionCheck') ?? false;
  return { DelegationRequest: view(request), ...(wanted ? checkPermissions(call, request) : {}) };
};

/** The account's claimed requests; unclaimed ones are not listed, even if they are meant for this account. */
export const listDelegationRequests: Operation = (input, call) => {
  const { accountId } = call.caller;
  const fields = readFields(input);
  const ownerId = fields.text('OwnerId', field.ownerId);
  const marker = fields.text('Marker', field.marker);
  const maxItems = fields.integer('MaxItems', { min: 1, max: 1000 }) ?? 100;
  fields.check();
  call.authorize('iam:ListDelegationRequests', `arn:aws:iam::${accountId}:delegation-request/*`);
  expireDue(call.world);
  const all = [...delegationState.of(call.world).requests.values()].filter(
    (request) => request.ownerAccountId === accountId && request.ownerId !== undefined && (ownerId ?? request.ownerId) === request.ownerId,
  );
  const from = marker === undefined ? 0 : all.findIndex((request) => request.id === marker);
  if (from < 0) throw invalidInput('Invalid Marker.');
  const following = all[from + maxItems];
  return {
    DelegationRequests: all.slice(from, from + maxItems).map(view),
    isTruncated: following !== undefined,
    ...(following === undefined ? {} : { Marker: following.id }),
  };
};

export const getHumanReadableSummary: Operation = (input, call) => {
  const fields = readFields(input);
  const arn = fields.text('EntityArn', field.entityArn);
  const locale = fields.text('Locale', field.locale) ?? 'en';
  fields.check();
  const id = /^arn:aws:iam::(?:\d{12})?:delegation-request\/([\w-]+)$/.exec(arn)?.[1];
  if (id === undefined) throw invalidInput('EntityArn must be the ARN of a delegation request.');
  const request = findRequest(call, { DelegationRequestId: id });
  // A caller that may get the request may read its summary (API model, GetHumanReadableSummary).
  authorizeRequest(call, request, 'GetDelegationRequest');
  if (!locale.startsWith('en')) return { Locale: locale, SummaryState: 'NOT_SUPPORTED' };
  return { SummaryContent: summarize(request), Locale: locale, SummaryState: 'AVAILABLE' };
};
