import type { Stack, StackEvent, StackResource } from '../stack.ts';

/** A stack as DescribeStacks shows it. */
export function stackView(stack: Stack): Record<string, unknown> {
  return {
    ...times(stack),
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.description,
    Parameters: stack.source.parameters.map(({ key, value, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho ? '****' : value,
    })),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    NotificationARNs: stack.notificationArns,
    TimeoutInMinutes: stack.timeoutInMinutes,
    Capabilities: stack.capabilities,
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    Tags: stack.source.tags,
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** A stack as ListStacks shows it. */
export function stackSummary(stack: Stack): Record<string, unknown> {
  return {
    ...times(stack),
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.description,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** A line of DescribeStackEvents. */
export function eventView(stack: Stack, event: StackEvent): Record<string, unknown> {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.token,
  };
}

/** A resource; the operations differ in what they call its time. */
export function resourceView(resource: StackResource, timeName: 'Timestamp' | 'LastUpdatedTimestamp'): Record<string, unknown> {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    [timeName]: new Date(resource.changedAt),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

function times({ createdAt, updatedAt, deletedAt }: Stack): Record<string, Date | undefined> {
  const date = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));
  return { CreationTime: date(createdAt), LastUpdatedTime: date(updatedAt), DeletionTime: date(deletedAt) };
}
