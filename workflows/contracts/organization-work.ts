import { TypedSearchAttributes, WorkflowIdReusePolicy } from '@temporalio/common';
import { ParentClosePolicy } from '@temporalio/workflow';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/** An operator finds all runs and schedules of an organization by AWS's id. */
export function ofOrganization(awsOrganizationId: string, phase?: string) {
  return new TypedSearchAttributes([
    { key: searchAttributes.organizationId, value: awsOrganizationId },
    ...(phase === undefined ? [] : [{ key: searchAttributes.phase, value: phase }]),
  ]);
}

/** What runs of pieces of work have in common: once a row, for good, and not longer than whoever started them. */
export function pieceOfWork<Name extends string, Input extends { awsOrganizationId: string }>(
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
export function nameOf(awsOrganizationId: string, nickname: string | null): string {
  return nickname === null ? awsOrganizationId : `"${nickname}" (${awsOrganizationId})`;
}
