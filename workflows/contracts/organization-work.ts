import { TypedSearchAttributes, WorkflowIdReusePolicy } from '@temporalio/common';
import { ParentClosePolicy } from '@temporalio/workflow';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/** The attributes by which an operator finds all runs and schedules of an organization: AWS's id, and the phase of a run. */
export function organizationAttributes(awsOrganizationId: string, phase?: string) {
  return new TypedSearchAttributes([
    { key: searchAttributes.organizationId, value: awsOrganizationId },
    ...(phase === undefined ? [] : [{ key: searchAttributes.phase, value: phase }]),
  ]);
}

/** The options that all pieces of work share: each row is run once, and its run is cancelled when its parent ends. */
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
    typedSearchAttributes: organizationAttributes(input.awsOrganizationId, phase),
  };
}

/** The name of an organization in a summary. An organization that is not registered yet has no nickname. */
export function displayName(awsOrganizationId: string, nickname: string | null): string {
  return nickname === null ? awsOrganizationId : `"${nickname}" (${awsOrganizationId})`;
}
