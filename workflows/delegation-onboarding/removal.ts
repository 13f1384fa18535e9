import { memberStackSetName, accountStackName } from '../../domain/delegation/parameters.ts';
import { longRunning } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import type { LeftInAccount, RemoveStackResult, TokenInput } from '../contracts/delegation-onboarding.ts';
import type { Note } from './journal.ts';

/** The removal of a stack or stack set of Muster's, for a request that ends without a cloud (D6). */
export interface Removal {
  /** The key of its timeline entry. */
  key: string;
  /** The resource, in words. */
  what: string;
  where: string;
  /** The resource, for the list of what stays if the removal fails. */
  resource: LeftInAccount;
  run: (token: TokenInput, limit: number) => Promise<RemoveStackResult>;
}

export function accountStackRemoval(requestId: string): Removal {
  const name = accountStackName(requestId);
  return {
    key: 'stack-removal',
    what: `stack ${name}`,
    where: 'the account',
    resource: { type: 'AWS::CloudFormation::Stack', name },
    run: (token, limit) => longRunning(limit).removeAccountStack(token),
  };
}

export function memberRolesRemoval(requestId: string): Removal {
  const name = memberStackSetName(requestId);
  return {
    key: 'stack-set-removal',
    what: `stack set ${name}`,
    where: 'the organization',
    resource: { type: 'AWS::CloudFormation::StackSet', name },
    run: (token, limit) => longRunning(limit).removeMemberRoles(token),
  };
}

/** Removes the resource with the delegated access. Returns the timeline entry about the result. Fails only if
 * the run no longer owns its request. */
export async function carryOutRemoval(removal: Removal, { token, limit }: { token: TokenInput; limit: number }): Promise<Note> {
  const { what, where } = removal;
  try {
    const { removed, leftInAccount, reason } = await removal.run(token, limit);
    return removed
      ? noteOf(removal, `Nothing of the ${what} is left in ${where}.`, leftInAccount)
      : cannotRemove(removal, reason, leftInAccount);
  } catch (error) {
    return cannotRemove(removal, readActivityProblem(error).message);
  }
}

/** The timeline entry about a resource that stays in the account. The reason is null if AWS gave none. */
export function cannotRemove(removal: Removal, reason: string | null, leftInAccount: LeftInAccount[] = [removal.resource]): Note {
  return noteOf(
    removal,
    `The ${removal.what} could not be removed (${reason ?? 'AWS gave no reason'}). If it still exists, delete it in the account's CloudFormation console.`,
    leftInAccount,
  );
}

function noteOf({ key }: Removal, message: string, leftInAccount: LeftInAccount[]): Note {
  return { key, type: 'stack_removal', message, detail: { leftInAccount } };
}
