import { memberStackSetName, accountStackName } from '../../domain/delegation/parameters.ts';
import { longRunning } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import type { LeftInAccount, RemoveStackResult, TokenInput } from '../contracts/delegation-onboarding.ts';
import type { Note } from './journal.ts';

/** Something of ours that goes when a request ends without a cloud (D6). */
export interface Removal {
  /** Which of its removals on the timeline. */
  key: string;
  /** In words. */
  what: string;
  where: string;
  /** By CloudFormation's type and by name; all that can be named when nobody could look. */
  itself: LeftInAccount;
  run: (token: TokenInput, limit: number) => Promise<RemoveStackResult>;
}

export function accountStackRemoval(requestId: string): Removal {
  const name = accountStackName(requestId);
  return {
    key: 'stack-removal',
    what: `stack ${name}`,
    where: 'the account',
    itself: { type: 'AWS::CloudFormation::Stack', name },
    run: (token, limit) => longRunning(limit).removeAccountStack(token),
  };
}

export function memberRolesRemoval(requestId: string): Removal {
  const name = memberStackSetName(requestId);
  return {
    key: 'stack-set-removal',
    what: `stack set ${name}`,
    where: 'the organization',
    itself: { type: 'AWS::CloudFormation::StackSet', name },
    run: (token, limit) => longRunning(limit).removeMemberRoles(token),
  };
}

/** Removes it with the delegated access while that lasts; answers what the timeline says of it. Never fails. */
export async function removeOf(removal: Removal, { token, limit }: { token: TokenInput; limit: number }): Promise<Note> {
  const { what, where, itself } = removal;
  const note = (message: string, leftInAccount: LeftInAccount[]): Note => ({
    key: removal.key,
    type: 'stack_removal',
    message,
    detail: { leftInAccount },
  });
  const stays = (reason: string | null) =>
    `The ${what} could not be removed (${reason ?? 'AWS gave no reason'}). If it still exists, delete it in the account's CloudFormation console.`;
  try {
    const { removed, leftInAccount, reason } = await removal.run(token, limit);
    return note(removed ? `Nothing of the ${what} is left in ${where}.` : stays(reason), leftInAccount);
  } catch (error) {
    return note(stays(readActivityProblem(error).message), [itself]);
  }
}
