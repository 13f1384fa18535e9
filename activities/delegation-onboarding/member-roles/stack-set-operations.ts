import {
  CreateStackInstancesCommand,
  DeleteStackInstancesCommand,
  DescribeStackSetOperationCommand,
  StopStackSetOperationCommand,
  type CloudFormationClient,
  type StackSetOperationPreferences,
} from '@aws-sdk/client-cloudformation';
import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { awsCodeOf } from '../../aws/errors.ts';

/**
 * All accounts in parallel, past any number of failures: an account that refuses must not keep the role from the
 * others. By default StackSets works on one account at a time and stops at the first failure
 * (API model of StackSetOperationPreferences).
 */
const preferences: StackSetOperationPreferences = {
  MaxConcurrentPercentage: 100,
  FailureTolerancePercentage: 100,
  ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
};

/** Instances of a stack set in some units and one Region, under an operation id of our own. */
export interface InstancesOperation {
  stackSetName: string;
  operationId: string;
  units: string[];
  region: string;
}

/**
 * Starts the creation of instances. If AWS knows the operation id, an earlier attempt started the operation. The call
 * is not aborted: AWS may start the operation all the same, after a removal has found none to stop (D6).
 */
export async function createInstances(client: CloudFormationClient, operation: InstancesOperation): Promise<void> {
  await begin(operation, (input) => client.send(new CreateStackInstancesCommand(input)));
}

/** Starts the deletion of the instances and their stacks, likewise. */
export async function deleteInstances(client: CloudFormationClient, operation: InstancesOperation): Promise<void> {
  await begin(operation, (input) =>
    client.send(new DeleteStackInstancesCommand({ ...input, RetainStacks: false }), { abortSignal: cancellationSignal() }),
  );
}

type InstancesInput = ConstructorParameters<typeof CreateStackInstancesCommand>[0];

async function begin(
  { stackSetName, operationId, units, region }: InstancesOperation,
  send: (input: InstancesInput) => Promise<unknown>,
): Promise<void> {
  try {
    await send({
      StackSetName: stackSetName,
      DeploymentTargets: { OrganizationalUnitIds: units },
      Regions: [region],
      OperationPreferences: preferences,
      OperationId: operationId,
    });
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('OperationIdAlreadyExists')) throw error;
  }
}

/** Makes StackSets start nothing further of an operation. Does nothing if the operation does not exist or has ended. */
export async function stopOperation(client: CloudFormationClient, stackSetName: string, operationId: string): Promise<void> {
  try {
    const command = new StopStackSetOperationCommand({ StackSetName: stackSetName, OperationId: operationId });
    await client.send(command, { abortSignal: cancellationSignal() });
  } catch (error) {
    if (!/^(OperationNotFound|InvalidOperation)/.test(awsCodeOf(error) ?? '')) throw error;
  }
}

/** Waits until an operation has ended, and heartbeats. Returns its final status; null if the operation does not exist. */
export async function followOperation(
  client: CloudFormationClient,
  stackSetName: string,
  { operationId, pollMs }: { operationId: string; pollMs: number },
): Promise<string | null> {
  for (;;) {
    const status = await readStatus(client, stackSetName, operationId);
    heartbeat();
    if (status === null || !/^(QUEUED|RUNNING|STOPPING)$/.test(status)) return status;
    await sleep(pollMs);
  }
}

async function readStatus(client: CloudFormationClient, stackSetName: string, operationId: string): Promise<string | null> {
  try {
    const command = new DescribeStackSetOperationCommand({ StackSetName: stackSetName, OperationId: operationId });
    const { StackSetOperation } = await client.send(command, { abortSignal: cancellationSignal() });
    return StackSetOperation?.Status ?? null;
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('OperationNotFound')) return null;
    throw error;
  }
}
