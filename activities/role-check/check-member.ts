import { sleep } from '@temporalio/activity';
import { statusCodes, type CheckOutcome } from '../../domain/clouds/check.ts';
import type { ScopedAccount } from '../../domain/organizations/scope.ts';
import { checkRole, type HarvestingRole, type RoleVerdict } from './check-role.ts';
import type { AwsClients } from '../aws/clients.ts';
import type { MemberStackSetReader } from './member-stack-set-reader.ts';

/** Retries of a refused role whose stack instance is complete: IAM is eventually consistent for seconds. */
export interface FreshRoleTries {
  times: number;
  pauseMs: number;
}

/** Together at least as long as IAM usually needs. */
export const freshRoleTries: FreshRoleTries = { times: 5, pauseMs: 3_000 };

/**
 * Checks a member's role like checkRole. If a stack set of ours brings the role, a refusal is looked into (D5): the
 * role may not exist yet, which is no denial; its instance may have failed, which is a reason; or the role is seconds
 * old.
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
  return await retryFreshRole(aws, role, verdict, rollout.tries);
}

function isRefused(verdict: RoleVerdict): boolean {
  return verdict.kind === 'denied' && verdict.reason.code === statusCodes.roleRefused;
}

async function retryFreshRole(
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
