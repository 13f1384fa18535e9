import {
  DeleteStackSetCommand,
  paginateListStackInstances,
  type CloudFormationClient,
  type StackInstanceSummary,
} from '@aws-sdk/client-cloudformation';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { memberStackSetName } from '../../../domain/delegation/parameters.ts';
import type { LeftInAccount, RemoveStackResult, TokenInput } from '../../../workflows/contracts/delegation-onboarding.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { isOnTimeline } from '../is-on-timeline.ts';
import { loadRequest } from '../load-request.ts';
import { loadRequestScope } from '../load-request-scope.ts';
import { startDelegatedSession } from '../start-delegated-session.ts';
import { createOperationId, stackSetCreated } from './deploy-member-roles.ts';
import { awsCodeOf } from '../../aws/errors.ts';
import { stackSetTargets } from './stack-set-targets.ts';
import { findStackSetOwner } from './find-own-stack-set.ts';
import { sessionFailure } from '../../aws/session-failure.ts';
import { deleteInstances, followOperation, stopOperation } from './stack-set-operations.ts';

const nothingLeft: RemoveStackResult = { removed: true, leftInAccount: [], reason: null };

/** Maximum number of stacks that a result names: a history carries no list of accounts. */
const maxNamed = 20;

/**
 * Deletes the stack set of the member roles with all its instances (D6), and names what remains. If the delegated
 * credentials no longer work, it names what was last seen. A second run continues the deletion. A stack set of the same
 * name that is not ours stays.
 */
export async function removeMemberRoles(dependencies: ActivityDependencies, input: TokenInput): Promise<RemoveStackResult> {
  try {
    return await remove(dependencies, input);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !error.nonRetryable) throw error;
    const wasThere = await isOnTimeline(dependencies.db, input.requestId, stackSetCreated);
    const leftInAccount = wasThere ? [stackSet(memberStackSetName(input.requestId))] : [];
    return { removed: false, leftInAccount, reason: error.message };
  }
}

async function remove(dependencies: ActivityDependencies, input: TokenInput): Promise<RemoveStackResult> {
  const { db, delegation } = dependencies;
  const { requestId } = input;
  const { accountId } = await loadRequest(db, requestId);
  const { includeOuIds } = await loadRequestScope(db, requestId);
  const stackSetName = memberStackSetName(requestId);
  const session = await startDelegatedSession(dependencies, input);
  const { cloudFormation } = session;
  try {
    if ((await findStackSetOwner(cloudFormation, stackSetName, requestId)) !== 'us') return nothingLeft;
    const batches = [...(await stackSetTargets(session.organizations, includeOuIds)).entries()];
    const follow = (operationId: string) => followOperation(cloudFormation, stackSetName, { operationId, pollMs: delegation.stackPollMs });
    // The session may be short, so no time goes into creating instances that the removal would delete.
    for (const [index] of batches) {
      await stopOperation(cloudFormation, stackSetName, createOperationId(requestId, index));
      await follow(createOperationId(requestId, index));
    }
    if ((await listInstances(cloudFormation, stackSetName, 1)).length > 0) {
      for (const [index, units] of batches) {
        const operationId = `delete-${requestId}-${index}`;
        await deleteInstances(cloudFormation, { stackSetName, operationId, units, region: delegation.stackRegion });
        await follow(operationId);
      }
    }
    return await deleteStackSet(cloudFormation, stackSetName);
  } catch (error) {
    throw sessionFailure(error, `The stack set ${stackSetName} in account ${accountId} could not be removed`);
  } finally {
    session.close();
  }
}

async function deleteStackSet(client: CloudFormationClient, stackSetName: string): Promise<RemoveStackResult> {
  try {
    await client.send(new DeleteStackSetCommand({ StackSetName: stackSetName }), { abortSignal: cancellationSignal() });
    return nothingLeft;
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('StackSetNotEmpty')) throw error;
    const instances = await listInstances(client, stackSetName, maxNamed);
    const stacks = instances.flatMap(({ StackId }) => (StackId ? [{ type: 'AWS::CloudFormation::Stack', name: StackId }] : []));
    const reason = instances.find(({ StatusReason }) => StatusReason)?.StatusReason;
    return { removed: false, leftInAccount: [stackSet(stackSetName), ...stacks], reason: reason ?? 'the stack set still has instances' };
  }
}

async function listInstances(client: CloudFormationClient, stackSetName: string, max: number): Promise<StackInstanceSummary[]> {
  const found: StackInstanceSummary[] = [];
  const abortSignal = cancellationSignal();
  for await (const page of paginateListStackInstances({ client }, { StackSetName: stackSetName, MaxResults: max }, { abortSignal })) {
    heartbeat();
    found.push(...(page.Summaries ?? []));
    if (found.length >= max) break;
  }
  return found.slice(0, max);
}

function stackSet(name: string): LeftInAccount {
  return { type: 'AWS::CloudFormation::StackSet', name };
}
