import { setMaxListeners } from 'node:events';
import { cancellationSignal, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { formatRoleArn, parseRoleArn } from '../../../domain/aws/arn.ts';
import { standingAfter, statusCodes, type StatusReason } from '../../../domain/clouds/check.ts';
import { judgeScope, type OrganizationScope, type ScopedAccount } from '../../../domain/organizations/scope.ts';
import type { AccountRange, CheckCounts } from '../../../workflows/contracts/organization-sync.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { openOrganizationCredentials, roleOfMember } from '../../open-credentials.ts';
import { loadChecks } from './load-checks.ts';
import { loadPathPolicies, PoliciesUnread } from '../../role-check/load-path-policies.ts';
import { OutcomeRecorder, type AccountOutcome } from './outcome-recorder.ts';
import { checkMember, freshRoleTries } from '../../role-check/check-member.ts';
import { awsCodeOf, meaningOf, retryAfterOf } from '../../aws/errors.ts';
import { MemberStackSetReader } from '../../role-check/member-stack-set-reader.ts';
import { forEachAtMost } from '../../side-by-side.ts';

/** Accounts that one batch asks at a time; a batch of the usual size asks all of its own. */
const atOnce = 25;
const heartbeatMs = 2_000;

/**
 * Checks the accounts of a range that still wait, and writes each outcome. An account's failure is an outcome; only what
 * concerns all accounts fails the batch, and what is known by then is kept.
 */
export async function checkAccounts(dependencies: ActivityDependencies, range: AccountRange, tries = freshRoleTries): Promise<CheckCounts> {
  const { db, aws } = dependencies;
  const { accounts, scope, awsOrganizationId, credentialSetId, memberStackSet } = await loadChecks(db, range);
  const recorder = new OutcomeRecorder(db, range.syncId);
  let retryAfterMs = 0;
  if (accounts.length === 0) return { ...recorder.counts, retryAfterMs };

  const { organizationRole, memberRole, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const { partition } = parseRoleArn(organizationRole.roleArn)!;
  const reader = memberStackSet && new MemberStackSetReader(aws, { organizationRole, accessKey, stackSet: memberStackSet });
  const check = async (account: ScopedAccount): Promise<AccountOutcome> => {
    const passedOver = passOver(scope, account);
    if (passedOver) return passedOver;
    const roleArn = formatRoleArn(partition, account.accountId, memberRole.roleName);
    const place = { organizationId: awsOrganizationId, ancestors: account.ancestors };
    try {
      const loadPath = () => loadPathPolicies(db, { place, accountId: account.accountId, syncId: range.syncId });
      const role = { credentials: roleOfMember(memberRole, roleArn), accessKey, place, loadPath };
      const outcome = await checkMember(aws, role, reader && { account, reader, tries });
      return { ...standingAfter(outcome, null), accountId: account.accountId, checkState: 'done', checkedAt: new Date() };
    } catch (error) {
      if (error instanceof ApplicationFailure || cancellationSignal().aborted) throw error;
      if (error instanceof PoliciesUnread) return unanswered(account, 'deferred', unexplained(roleArn));
      retryAfterMs = Math.max(retryAfterMs, retryAfterOf(error));
      return unanswered(account, 'deferred', nothingLearnt(error, roleArn));
    }
  };

  // A call in flight listens to it, and one that was just answered may do so still; more than that would be a leak.
  setMaxListeners(2 * atOnce, cancellationSignal());
  const beat = () => Context.current().heartbeat({ settled: recorder.added, of: accounts.length });
  const beating = setInterval(beat, heartbeatMs);
  try {
    await forEachAtMost(accounts, atOnce, async (account) => recorder.add(await check(account)));
  } catch (error) {
    await recorder.close();
    // Rejects as cancelled.
    if (cancellationSignal().aborted) await Context.current().cancelled;
    throw error;
  } finally {
    clearInterval(beating);
    await reader?.close();
  }
  await recorder.close();
  return { ...recorder.counts, retryAfterMs };
}

/** Accounts that are not asked at all: out of scope, suspended, not activated; or put off, until it is known where they hang. */
function passOver(scope: OrganizationScope | null, account: ScopedAccount): AccountOutcome | null {
  const judged = scope && judgeScope(scope, account).verdict;
  if (judged === 'excluded' || account.state !== 'active') return unanswered(account, 'skipped', null);
  if (judged !== 'undecided') return null;
  return unanswered(account, 'deferred', {
    code: statusCodes.awsUnavailable,
    message: 'Whether the scope takes the account in depends on its organizational unit, which AWS has not told yet.',
  });
}

function unanswered({ accountId }: ScopedAccount, checkState: 'skipped' | 'deferred', reason: StatusReason | null): AccountOutcome {
  return { accountId, checkState, status: null, reason, warnings: [], checkedAt: null };
}

function unexplained(roleArn: string): StatusReason {
  return {
    code: statusCodes.awsUnavailable,
    message: `A service control policy denies something to the role ${roleArn}; which one is told once AWS has told all policies.`,
  };
}

function nothingLearnt(error: unknown, roleArn: string): StatusReason {
  return meaningOf(error) === failureTypes.throttled
    ? { code: statusCodes.throttled, message: `AWS throttled the check of the role ${roleArn}.` }
    : {
        code: statusCodes.awsUnavailable,
        message: `AWS gave no usable answer about the role ${roleArn} (${awsCodeOf(error) ?? 'no code'}).`,
      };
}
