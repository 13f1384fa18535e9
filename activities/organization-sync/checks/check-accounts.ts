import { setMaxListeners } from 'node:events';
import { cancellationSignal, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { loadProofs } from '../../../db/external-id-proofs.ts';
import { formatRoleArn, parseRoleArn } from '../../../domain/aws/arn.ts';
import { standingAfter, statusCodes, type StatusReason } from '../../../domain/clouds/check.ts';
import type { ExternalIdProof } from '../../../domain/clouds/external-id-proof.ts';
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

/** Maximum number of accounts that a batch checks at a time. A batch of the usual size checks all of its accounts at once. */
const maxAtOnce = 25;
const heartbeatMs = 2_000;

/**
 * Checks the unchecked accounts of a range and writes each outcome. The failure of one account is an outcome. A failure
 * that concerns all accounts fails the batch; outcomes up to then are kept.
 */
export async function checkAccounts(dependencies: ActivityDependencies, range: AccountRange, tries = freshRoleTries): Promise<CheckCounts> {
  const { db, aws } = dependencies;
  const { accounts, scope, awsOrganizationId, credentialSetId, memberStackSet } = await loadChecks(db, range);
  const recorder = new OutcomeRecorder(db, { syncId: range.syncId, credentialSetId });
  let retryAfterMs = 0;
  if (accounts.length === 0) return { ...recorder.counts, retryAfterMs };

  const { organizationRole, memberRole, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const { partition } = parseRoleArn(organizationRole.roleArn)!;
  const reader = memberStackSet && new MemberStackSetReader(aws, { organizationRole, accessKey, stackSet: memberStackSet });
  const arnOf = ({ accountId }: ScopedAccount) => formatRoleArn(partition, accountId, memberRole.roleName);
  const proofs = await loadProofs(db, credentialSetId, accounts.map(arnOf));
  const check = async (account: ScopedAccount): Promise<AccountOutcome> => {
    const skipped = skipUnchecked(scope, account);
    if (skipped) return skipped;
    const roleArn = arnOf(account);
    const place = { organizationId: awsOrganizationId, ancestors: account.ancestors };
    try {
      const loadPath = () => loadPathPolicies(db, { place, accountId: account.accountId, syncId: range.syncId });
      const credentials = roleOfMember(memberRole, roleArn);
      const proof = proofs.get(roleArn) ?? null;
      const keepProof = (kept: ExternalIdProof) => recorder.addProof({ roleArn, ...kept });
      const role = { credentials, accessKey, place, loadPath, proof, keepProof, warnsOfAbsentExternalId: false };
      const outcome = await checkMember(aws, role, reader && { account, reader, tries });
      return { ...standingAfter(outcome, null), accountId: account.accountId, checkState: 'done', checkedAt: new Date() };
    } catch (error) {
      if (error instanceof ApplicationFailure || cancellationSignal().aborted) throw error;
      if (error instanceof PoliciesUnread) return unanswered(account, 'deferred', unexplainedReason(roleArn));
      retryAfterMs = Math.max(retryAfterMs, retryAfterOf(error));
      return unanswered(account, 'deferred', unansweredReason(error, roleArn));
    }
  };

  // An account has two calls in flight, and each listens to the signal; so may a call that was just answered. More would be a leak.
  setMaxListeners(3 * maxAtOnce, cancellationSignal());
  const beat = () => Context.current().heartbeat({ settled: recorder.added, of: accounts.length });
  const beating = setInterval(beat, heartbeatMs);
  try {
    await forEachAtMost(accounts, maxAtOnce, async (account) => recorder.add(await check(account)));
  } catch (error) {
    await recorder.close();
    // Rejects with a CancelledFailure.
    if (cancellationSignal().aborted) await Context.current().cancelled;
    throw error;
  } finally {
    clearInterval(beating);
    await reader?.close();
  }
  await recorder.close();
  return { ...recorder.counts, retryAfterMs };
}

/** The outcome of an account that is not checked: out of scope, suspended or not activated; or deferred until its place is known. */
function skipUnchecked(scope: OrganizationScope | null, account: ScopedAccount): AccountOutcome | null {
  const judged = scope && judgeScope(scope, account).verdict;
  if (judged === 'excluded' || account.state !== 'active') return unanswered(account, 'skipped', null);
  if (judged !== 'undecided') return null;
  return unanswered(account, 'deferred', {
    code: statusCodes.awsUnavailable,
    message: 'Whether the account is in scope depends on its organizational unit, which is not known yet. Muster retries the check.',
  });
}

function unanswered({ accountId }: ScopedAccount, checkState: 'skipped' | 'deferred', reason: StatusReason | null): AccountOutcome {
  return { accountId, checkState, status: null, reason, warnings: [], checkedAt: null };
}

function unexplainedReason(roleArn: string): StatusReason {
  return {
    code: statusCodes.awsUnavailable,
    message: `AWS denies something to the role ${roleArn}. The check is retried once all policies are read, to name the cause.`,
  };
}

function unansweredReason(error: unknown, roleArn: string): StatusReason {
  return meaningOf(error) === failureTypes.throttled
    ? { code: statusCodes.throttled, message: `AWS throttled the check of the role ${roleArn}. Muster retries the check.` }
    : {
        code: statusCodes.awsUnavailable,
        message: `AWS gave no usable answer about the role ${roleArn} (${awsCodeOf(error) ?? 'no code'}). Muster retries the check.`,
      };
}
