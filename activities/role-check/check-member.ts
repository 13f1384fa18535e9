import { sleep } from '@temporalio/activity';
import { statusCodes, type CheckOutcome } from '../../domain/clouds/check.ts';
import type { ScopedAccount } from '../../domain/organizations/scope.ts';
import { checkRole, type HarvestingRole, type RoleVerdict } from './check-role.ts';
import type { AwsClients } from '../aws/clients.ts';
import type { MemberStackSetReader } from './member-stack-set-reader.ts';

/** How often a role is tried again whose stack instance is there: IAM is eventually consistent, for seconds. */
export interface FreshRoleTries {
  times: number;
  pauseMs: number;
}

/** Together about as long as IAM needs, at most. */
export const freshRoleTries: FreshRoleTries = { times: 5, pauseMs: 3_000 };

/**
 * Checks a member's role like checkRole. A refusal is looked into where a stack set of ours brings the role (D5): it may
 * not be there yet, which is no denial; it may have failed, which has a reason; or it was made a moment ago.
 */
export async function checkMember(
  aws: Pick<AwsClients, 'stsFor' | 'iamAs'>,
  role: HarvestingRole,
  rollout: { account: Pick<ScopedAccount, 'accountId' | 'ancestors'>; reader: MemberStackSetReader; tries: FreshRoleTries } | null,
): Promise<CheckOutcome> {
  const verdict = await checkRole(aws, role);
  if (!rollout || !isRefused(verdict)) return verdict;
  const found = await rollout.reader.look(rollout.account);
  if (found === null) return verdict;
  if (found.stage === 'late') return { kind: 'not_checked', status: 'pending', reason: found.reason };
  if (found.stage === 'failed') return { kind: 'denied', reason: found.reason };
  return await tryAgain(aws, role, verdict, rollout.tries);
}

function isRefused(verdict: RoleVerdict): boolean {
  return verdict.kind === 'denied' && verdict.reason.code === statusCodes.roleRefused;
}

async function tryAgain(
  aws: Pick<AwsClients, 'stsFor' | 'iamAs'>,
  role: HarvestingRole,
  first: RoleVerdict,
  { times, pauseMs }: FreshRoleTries,
): Promise<RoleVerdict> {
  let verdict = first;
  for (let tried = 0; tried < times && isRefused(verdict); tried += 1) {
    await sleep(pauseMs);
    verdict = await checkRole(aws, role);
  }
  return verdict;
}
