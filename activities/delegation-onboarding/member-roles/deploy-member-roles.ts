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
 * Creates the stack set of the member roles and starts its instances in all units that are meant (D5). They go on by
 * themselves, as StackSets' own role in each member, when the delegated session is long over. Running again finds the
 * stack set by its name and our tag, and the operations by their ids.
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
          message: `The stack set ${stackSetName}, which brings the role ${request.roleName} into every other account, is created.`,
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

/** Which happening on the timeline tells that the stack set is there. */
export const stackSetCreated = 'stack-set-created';

/** The operation that creates the instances of a batch of units: known again by whoever stops it. */
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
    // Operations wait for each other instead of being refused (aws-facts §3.4).
    ManagedExecution: { Active: true },
    Tags: [{ Key: requestTag, Value: requestId }],
    ClientRequestToken: `create-${requestId}`,
  });
  try {
    // Not to be aborted: what AWS made after all would come when a cancelled request's removal has found nothing (D6).
    await client.send(command);
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('NameAlreadyExists')) throw error;
    if ((await findStackSetOwner(client, stackSetName, requestId)) === 'us') return;
    throw failure(failureTypes.precondition, `The account has a stack set named ${stackSetName} that is not ours`, {
      code: 'stack_name_taken',
    });
  }
}
