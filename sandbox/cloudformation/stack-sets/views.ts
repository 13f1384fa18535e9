/** Stack sets, instances and operations as the answers show them. */
import { present } from '../resources/values.ts';
import { stackSetArn } from './access.ts';
import type { OperationResult, StackInstance, StackSet, StackSetOperation } from './state.ts';

export function stackSetView(set: StackSet): object {
  return present({
    StackSetName: set.name,
    StackSetId: set.id,
    Description: set.description,
    Status: set.status,
    TemplateBody: set.source.templateBody,
    Parameters: set.source.parameters.map(({ key, value, noEcho }) => ({ ParameterKey: key, ParameterValue: noEcho ? '****' : value })),
    Capabilities: set.capabilities,
    Tags: set.source.tags,
    StackSetARN: stackSetArn(set.accountId, set.region, set.id),
    AdministrationRoleARN: set.administrationRoleArn,
    ExecutionRoleName: set.executionRoleName,
    OrganizationalUnitIds: set.autoTargets.map(({ unitId }) => unitId),
    Regions: [...new Set([...set.instances.values()].map(({ region }) => region))],
    ...commonView(set),
  });
}

export function stackSetSummary(set: StackSet): object {
  return present({
    StackSetName: set.name,
    StackSetId: set.id,
    Description: set.description,
    Status: set.status,
    DriftStatus: 'NOT_CHECKED',
    ...commonView(set),
  });
}

function commonView({ permissionModel, autoDeployment, managedExecution }: StackSet): Record<string, unknown> {
  return {
    PermissionModel: permissionModel,
    AutoDeployment: autoDeployment && {
      Enabled: autoDeployment.enabled,
      ...(autoDeployment.enabled ? { RetainStacksOnAccountRemoval: autoDeployment.retainStacksOnAccountRemoval } : {}),
    },
    ManagedExecution: { Active: managedExecution },
  };
}

/** As ListStackInstances and, with its overrides, DescribeStackInstance show it. */
export function instanceView(set: StackSet, instance: StackInstance): Record<string, unknown> {
  return present({
    StackSetId: set.id,
    Region: instance.region,
    Account: instance.account,
    StackId: instance.stackId,
    Status: instance.status,
    StatusReason: instance.reason,
    StackInstanceStatus: { DetailedStatus: instance.detailed },
    OrganizationalUnitId: instance.unitId,
    DriftStatus: 'NOT_CHECKED',
    LastOperationId: instance.lastOperationId,
  });
}

export function operationView(set: StackSet, operation: StackSetOperation): object {
  return present({
    ...operationSummary(operation),
    StackSetId: set.id,
    RetainStacks: operation.retainStacks,
    AdministrationRoleARN: set.administrationRoleArn,
    ExecutionRoleName: set.executionRoleName,
    DeploymentTargets: operation.deploymentTargets,
  });
}

export function operationSummary(operation: StackSetOperation): Record<string, unknown> {
  const failed = [...operation.results.values()].filter(({ status }) => status === 'FAILED').length;
  return present({
    OperationId: operation.id,
    Action: operation.action,
    Status: operation.status,
    CreationTimestamp: new Date(operation.createdAt),
    EndTimestamp: operation.endedAt === undefined ? undefined : new Date(operation.endedAt),
    StatusDetails: { FailedStackInstancesCount: failed },
    OperationPreferences: operation.preferences,
  });
}

export function resultView({ account, region, status, reason, unitId }: OperationResult): object {
  return present({ Account: account, Region: region, Status: status, StatusReason: reason, OrganizationalUnitId: unitId });
}
