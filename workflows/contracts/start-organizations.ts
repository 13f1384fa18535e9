import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { ParentClosePolicy } from '@temporalio/workflow';
import { autoBadgingName, autoBadgingWorkflowId, type AutoBadgingInput } from './auto-badging.ts';
import { credentialCheckName, credentialCheckWorkflowId, type CredentialCheckInput } from './credential-check.ts';
import { organizationKeeperName, organizationWorkflowId, type OrganizationKeeperInput } from './organization-keeper.ts';
import { organizationSyncName, organizationSyncWorkflowId, type OrganizationSyncInput } from './organization-sync.ts';
import { taskQueue } from './queues.ts';
import { removalHoldName, removalHoldWorkflowId, type RemovalHoldInput } from './removal-hold.ts';
import { scheduleTickName, scheduleTickWorkflowId, type ScheduleTickInput } from './schedule-tick.ts';
import { searchAttributes } from './search-attributes.ts';

/** An operator finds all runs and schedules of an organization by AWS's id. */
export function ofOrganization(awsOrganizationId: string, phase?: string) {
  return new TypedSearchAttributes([
    { key: searchAttributes.organizationId, value: awsOrganizationId },
    ...(phase === undefined ? [] : [{ key: searchAttributes.phase, value: phase }]),
  ]);
}

/** What runs of pieces of work have in common: once a row, for good, and not longer than whoever started them. */
function pieceOfWork<Name extends string, Input extends { awsOrganizationId: string }>(
  workflowType: Name,
  workflowId: string,
  input: Input,
  phase: string,
) {
  return {
    workflowType,
    workflowId,
    taskQueue,
    args: [input] as [Input],
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    typedSearchAttributes: ofOrganization(input.awsOrganizationId, phase),
  };
}

/** An organization in a summary; one that is not registered yet has no nickname. */
function nameOf(awsOrganizationId: string, nickname: string | null): string {
  return nickname === null ? awsOrganizationId : `"${nickname}" (${awsOrganizationId})`;
}

/** How the keeper is woken: signal-with-start, from everywhere. There is at most one; after its end it may begin anew. */
export function organizationKeeperStart(awsOrganizationId: string, options: Pick<OrganizationKeeperInput, 'continueAfter'> = {}) {
  return {
    workflowType: organizationKeeperName,
    workflowId: organizationWorkflowId(awsOrganizationId),
    taskQueue,
    args: [{ awsOrganizationId, ...options }] as [OrganizationKeeperInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: ofOrganization(awsOrganizationId),
    staticSummary: `Keep organization ${awsOrganizationId}`,
    staticDetails: 'Runs all work on this organization, one piece at a time. To stop a piece of work, cancel it, not this.',
  };
}

/**
 * How the keeper starts a sync, a preview or a recheck: once a row, for good. Should the keeper be terminated, the
 * child is asked to stop; it must not go on beside the child of the next keeper.
 */
export function organizationSyncChild(input: OrganizationSyncInput, nickname: string | null) {
  const verbs = { sync: 'Synchronise', preview: 'Preview', recheck: 'Recheck the clouds of' } as const;
  return {
    ...pieceOfWork(organizationSyncName, organizationSyncWorkflowId(input.syncId), input, 'listing'),
    staticSummary: `${verbs[input.kind]} ${nameOf(input.awsOrganizationId, nickname)}`,
  };
}

/**
 * How a preview that goes by an older snapshot is started: beside the keeper, since it calls nothing of AWS. Once a row,
 * for good; asking again joins the run.
 */
export function snapshotPreviewStart({ syncId, awsOrganizationId }: Pick<OrganizationSyncInput, 'syncId' | 'awsOrganizationId'>) {
  const { parentClosePolicy: _ofChildren, ...start } = organizationSyncChild(
    { syncId, kind: 'preview', awsOrganizationId, fromSnapshot: true },
    null,
  );
  return {
    ...start,
    typedSearchAttributes: ofOrganization(awsOrganizationId, 'applying'),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  };
}

/** How the keeper starts auto-badging; as a sync. */
export function autoBadgingChild(input: AutoBadgingInput, nickname: string | null) {
  return {
    ...pieceOfWork(autoBadgingName, autoBadgingWorkflowId(input.runId), input, 'badging'),
    staticSummary: `Badge the clouds of ${nameOf(input.awsOrganizationId, nickname)}`,
  };
}

/** How a sync leaves its removals behind: the hold outlives it. */
export function removalHoldChild(input: RemovalHoldInput) {
  return {
    ...pieceOfWork(removalHoldName, removalHoldWorkflowId(input.syncId), input, 'held'),
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Hold ${input.count} removals of ${input.awsOrganizationId} for an answer`,
    staticDetails: `Which clouds: GET /v1/syncs/${input.syncId}/accounts?change=remove. Answer with the update confirmRemovals, {"confirm": true or false, "by": "your name"}, here or by POST /v1/syncs/${input.syncId}/confirm-removals.`,
  };
}

/** How credentials are checked: once a set, for good; asking again joins the run. */
export function credentialCheckStart(input: CredentialCheckInput, roleArn: string) {
  return {
    workflowType: credentialCheckName,
    workflowId: credentialCheckWorkflowId(input.credentialSetId),
    taskQueue,
    args: [input] as [CredentialCheckInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `Check the organization role ${roleArn}`,
  };
}

/**
 * How an organization by delegation checks its credentials. Their request keeps them whatever the verdict, so a new role
 * that is not known everywhere yet can be asked again.
 */
export function credentialCheckChild(input: CredentialCheckInput, accountId: string) {
  return {
    workflowType: credentialCheckName,
    workflowId: credentialCheckWorkflowId(input.credentialSetId),
    taskQueue,
    args: [input] as [CredentialCheckInput],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.accountId, value: accountId }]),
    staticSummary: `Check the organization role of account ${accountId}`,
  };
}

/** What an organization's schedule starts; a schedule sets ids and policies of its own for its runs. */
export function scheduleTickAction(input: ScheduleTickInput, awsOrganizationId: string) {
  return {
    type: 'startWorkflow' as const,
    workflowType: scheduleTickName,
    workflowId: scheduleTickWorkflowId(input.kind, input.organizationId),
    taskQueue,
    args: [input] as [ScheduleTickInput],
    typedSearchAttributes: ofOrganization(awsOrganizationId),
    staticSummary: `Time for the ${input.kind === 'sync' ? 'sync' : 'auto-badging'} of ${awsOrganizationId}`,
  };
}
