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
 * All accounts side by side, past any number of failures: one account that refuses must not keep the role from the others.
 * Unless told so, StackSets works on one account at a time and stops at the first failure (aws-facts §3.4).
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
 * Starts the instances. An operation id stands for one operation: an id that is known was started by an earlier attempt.
 * The call is not aborted: an operation that came after all would come when a removal has found none to stop (D6).
 */
export async function createInstances(client: CloudFormationClient, operation: InstancesOperation): Promise<void> {
  await begin(operation, (input) => client.send(new CreateStackInstancesCommand(input)));
}

/** Starts to take the instances and their stacks away, likewise. */
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

/** Asks StackSets to begin nothing more of an operation. One that never was, or has ended, needs no stopping. */
export async function stopOperation(client: CloudFormationClient, stackSetName: string, operationId: string): Promise<void> {
  try {
    const command = new StopStackSetOperationCommand({ StackSetName: stackSetName, OperationId: operationId });
    await client.send(command, { abortSignal: cancellationSignal() });
  } catch (error) {
    if (!/^(OperationNotFound|InvalidOperation)/.test(awsCodeOf(error) ?? '')) throw error;
  }
}

/** Waits until an operation has ended and heartbeats meanwhile; answers how, null for one that never was. */
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
