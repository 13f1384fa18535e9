import { randomBytes } from 'node:crypto';
import { readFields } from '../core/fields.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { accessDenied, invalidInput } from './errors.ts';
import * as field from './fields.ts';
import { expiryOf } from './request.ts';
import { isAcceptableBoundary } from './review.ts';
import { delegationState } from './state.ts';
import type { Partner, StoredDelegationRequest } from './state.ts';
import { renderTemplate } from './template.ts';

/** Regions that an account must opt in to; a notification topic cannot be in one (IAM User Guide, "Temporary delegation"). */
const optInRegions = new Set([
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
]);

/**
 * CreateDelegationRequest, for registered partners only (access_policies-temporary-delegation-partner-guide.html; API model). The workflow id is spent even when the
 * answer is lost: a repeat is EntityAlreadyExists, and neither link nor id can be had again.
 */
export const createDelegationRequest: Operation = (input, call) => {
  const { caller, world } = call;
  const resource = `arn:aws:iam::${caller.accountId}:delegation-request/*`;
  const fields = readFields(input);
  const permissions = (input['Permissions'] ?? {}) as Record<string, unknown>;
  const permissionFields = readFields(permissions);
  const read = {
    ownerAccountId: fields.text('OwnerAccountId', field.ownerAccountId),
    description: fields.text('Description', field.description),
    requestMessage: fields.text('RequestMessage', field.requestMessage),
    requestorWorkflowId: fields.text('RequestorWorkflowId', field.requestorWorkflowId),
    redirectUrl: fields.text('RedirectUrl', field.redirectUrl),
    notificationChannel: fields.text('NotificationChannel', field.notificationChannel),
    sessionDurationSeconds: fields.integer('SessionDuration', field.sessionDuration),
    onlySendByOwner: fields.boolean('OnlySendByOwner') ?? false,
    policyTemplateArn: permissionFields.text('PolicyTemplateArn', field.policyTemplateArn),
  };
  fields.check();
  permissionFields.check();
  const parameters = field.readParameters(permissions);

  call.authorize('iam:CreateDelegationRequest', resource, {
    'iam:TemplateArn': read.policyTemplateArn,
    'iam:NotificationChannel': read.notificationChannel,
    'iam:DelegationDuration': String(read.sessionDurationSeconds),
  });
  const partner = [...delegationState.of(world).partners.values()].find(({ accountIds }) => accountIds.includes(caller.accountId));
  if (partner === undefined) throw accessDenied(call, 'iam:CreateDelegationRequest', resource);
  checkChannel(read.notificationChannel, partner);
  const template = partner.policyTemplates.get(read.policyTemplateArn);
  if (template === undefined) throw invalidInput(`The policy template ${read.policyTemplateArn} is not registered for this partner.`);
  const policy = renderTemplate(template, parameters);
  const unknown = policy.boundaryArns.find((arn) => !isAcceptableBoundary(arn, delegationState.of(world).boundaries.keys()));
  if (unknown !== undefined) throw invalidInput(`The permissions boundary ${unknown} is not registered.`);
  checkUnused(world, partner, read.requestorWorkflowId);

  const now = world.now();
  const { ownerAccountId, requestMessage, redirectUrl, ...rest } = read;
  const request: StoredDelegationRequest = {
    ...rest,
    id: `dr-${randomBytes(16).toString('hex')}`,
    partnerAccountId: caller.accountId,
    partnerName: partner.name,
    parameters,
    permissionPolicy: policy.text,
    boundaryArns: policy.boundaryArns,
    state: 'UNASSIGNED',
    createdAt: now,
    updatedAt: now,
    expiresAt: expiryOf('UNASSIGNED', now),
    ...(ownerAccountId === undefined ? {} : { ownerAccountId }),
    ...(requestMessage === undefined ? {} : { requestMessage }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
  delegationState.of(world).requests.set(request.id, request);
  world.touch();
  return {
    ConsoleDeepLink: `${world.baseUrl}/console/delegation-requests/${request.id}`,
    DelegationRequestId: request.id,
  };
};

function checkChannel(channel: string, partner: Partner): void {
  const [, , service, region = '', accountId = '', name] = channel.split(':');
  if (service !== 'sns' || !name) throw invalidInput('NotificationChannel must be the ARN of an SNS topic.');
  if (name.endsWith('.fifo')) throw invalidInput('NotificationChannel must be a standard topic.');
  if (!partner.accountIds.includes(accountId))
    throw invalidInput('NotificationChannel must be a topic in a registered account of the partner.');
  if (optInRegions.has(region)) throw invalidInput('NotificationChannel must be in a Region that is enabled by default.');
}

function checkUnused(world: World, partner: Partner, workflowId: string): void {
  const used = [...delegationState.of(world).requests.values()].some(
    (request) => request.requestorWorkflowId === workflowId && partner.accountIds.includes(request.partnerAccountId),
  );
  if (used)
    throw new AwsError('EntityAlreadyExists', `A delegation request with the requestor workflow id ${workflowId} already exists.`, 409);
}
