import { CreateStackSetCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { heartbeat } from '@temporalio/activity';
import { memberStackSetName } from '../../../domain/delegation/parameters.ts';
import type { MemberRolesOutcome, TokenInput } from '../../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { failure } from '../../failures.ts';
import { loadRequest } from '../load-request.ts';
import { loadRequestScope } from '../load-request-scope.ts';
import { recordProgress } from '../record-progress.ts';
import { startDelegatedSession } from '../start-delegated-session.ts';
import { awsCodeOf, isRefusal, meaningOf } from '../../aws/errors.ts';
import { stackSetTargets } from './stack-set-targets.ts';
import { findStackSetOwner } from './find-own-stack-set.ts';
import { requestTag } from '../account-stack/find-own-stack.ts';
import { fillMemberTemplate, type FilledTemplate } from '../account-stack/fill-template.ts';
import { hasSessionEnded, sessionFailure } from '../../aws/session-failure.ts';
import { createInstances } from './stack-set-operations.ts';

/**
 * Creates the stack set of the member roles and starts its instances in all units in scope (D5). StackSets continues
 * with its own role in each member after the delegated session has ended. A second run finds the stack set by its name
 * and our tag, and the operations by their ids.
 */
export async function deployMemberRoles(dependencies: ActivityDependencies, input: TokenInput): Promise<MemberRolesOutcome> {
  const { db, delegation } = dependencies;
  const { requestId } = input;
  const request = await loadRequest(db, requestId);
  const { includeOuIds } = await loadRequestScope(db, requestId);
  const template = await fillMemberTemplate(dependencies, requestId);
  const stackSetName = memberStackSetName(requestId);
  const outcome = { stackSetName, operationId: createOperationId(requestId, 0) };
  const session = await startDelegatedSession(dependencies, input);
  try {
    await createOrFind(session.cloudFormation, stackSetName, requestId, template);
    await recordProgress(db, {
      requestId,
      timeline: [
        {
          key: stackSetCreated,
          at: new Date().toISOString(),
          type: 'stack_set',
          message: `The stack set ${stackSetName}, which creates the role ${request.roleName} in every other account, exists.`,
          detail: { stackSetName },
        },
      ],
    });
    for (const [index, units] of (await stackSetTargets(session.organizations, includeOuIds)).entries()) {
      const operationId = createOperationId(requestId, index);
      await createInstances(session.cloudFormation, { stackSetName, operationId, units, region: delegation.stackRegion });
      heartbeat();
    }
    return { ...outcome, started: true, reason: null, denied: false };
  } catch (error) {
    if (isRefusal(meaningOf(error)) && !hasSessionEnded(error)) {
      const denied = meaningOf(error) === failureTypes.accessDenied;
      return { ...outcome, started: false, reason: (error as Error).message, denied };
    }
    throw sessionFailure(error, `The stack set ${stackSetName} in account ${request.accountId} could not be deployed`);
  } finally {
    session.close();
  }
}

/** The timeline key of the entry that the stack set exists. */
export const stackSetCreated = 'stack-set-created';

/** The id of the operation that creates a batch of instances. A removal stops the operation by the same id. */
export function createOperationId(requestId: string, batch: number): string {
  return `create-${requestId}-${batch}`;
}

async function createOrFind(
  client: CloudFormationClient,
  stackSetName: string,
  requestId: string,
  template: FilledTemplate,
): Promise<void> {
  const command = new CreateStackSetCommand({
    StackSetName: stackSetName,
    Description: "Muster's harvesting role in every account of the organization but the management account",
    ...template,
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    PermissionModel: 'SERVICE_MANAGED',
    AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    // With managed execution, StackSets queues conflicting operations instead of refusing them (API model of ManagedExecution).
    ManagedExecution: { Active: true },
    Tags: [{ Key: requestTag, Value: requestId }],
    ClientRequestToken: `create-${requestId}`,
  });
  try {
    // The call is not aborted: AWS may create the stack set all the same, after a cancelled request's removal has found none (D6).
    await client.send(command);
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('NameAlreadyExists')) throw error;
    if ((await findStackSetOwner(client, stackSetName, requestId)) === 'us') return;
    throw failure(
      failureTypes.precondition,
      `The account has another stack set named ${stackSetName}. Delete it, or start a new request.`,
      {
        code: 'stack_name_taken',
      },
    );
  }
}
