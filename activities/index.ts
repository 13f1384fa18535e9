import { activityInfo, getClient } from '@temporalio/activity';
import type { Activities } from '../workflows/contracts/activities.ts';
import type { RequestRun } from '../workflows/contracts/delegation-onboarding.ts';
import { checkAssumeRole } from './credential-check/check-assume-role.ts';
import { checkDescribeOrganization } from './credential-check/check-describe-organization.ts';
import { checkScope } from './credential-check/check-scope.ts';
import { checkSimulate } from './credential-check/check-simulate.ts';
import { eraseCredentials } from './credential-check/erase-credentials.ts';
import { deployAccountStack } from './delegation-onboarding/account-stack/deploy-account-stack.ts';
import { removeAccountStack } from './delegation-onboarding/account-stack/remove-account-stack.ts';
import { checkOrganizationAccess } from './delegation-onboarding/check-organization-access.ts';
import { closeRequest } from './delegation-onboarding/close-request.ts';
import { createDelegationRequest } from './delegation-onboarding/create-delegation-request.ts';
import { findAccountConflict } from './delegation-onboarding/find-account-conflict.ts';
import { finishCleanUp } from './delegation-onboarding/finish-clean-up.ts';
import { hasUndeliveredMessages } from './delegation-onboarding/has-undelivered-messages.ts';
import { loadRequestToRun } from './delegation-onboarding/load-request.ts';
import { deployMemberRoles } from './delegation-onboarding/member-roles/deploy-member-roles.ts';
import { removeMemberRoles } from './delegation-onboarding/member-roles/remove-member-roles.ts';
import { proveRefusal, proveRole } from './delegation-onboarding/prove-role.ts';
import { recordProgress } from './delegation-onboarding/record-progress.ts';
import { recordStrandedRun } from './delegation-onboarding/record-stranded-run.ts';
import { registerCloud } from './delegation-onboarding/register-cloud.ts';
import { registerOrganization } from './delegation-onboarding/register-organization.ts';
import { requireGeneration, requireOwnership } from './delegation-onboarding/require-ownership.ts';
import { finishSync } from './organization-keeper/finish-sync.ts';
import { isOrganizationKept } from './organization-keeper/is-organization-kept.ts';
import { requestScheduledWork } from './organization-keeper/request-scheduled-work.ts';
import { takeNextSync } from './organization-keeper/take-next-sync.ts';
import { badgeSlice } from './organization-sync/badging/badge-slice.ts';
import { prepareBadging } from './organization-sync/badging/prepare-badging.ts';
import { checkAccounts } from './organization-sync/checks/check-accounts.ts';
import { divideUnchecked } from './organization-sync/checks/divide-unchecked.ts';
import { giveUpChecks } from './organization-sync/checks/give-up-checks.ts';
import { prepareRecheck } from './organization-sync/checks/prepare-recheck.ts';
import { recordOutcomes } from './organization-sync/checks/record-outcomes.ts';
import { enterSyncPhase } from './organization-sync/enter-sync-phase.ts';
import { readTags } from './organization-sync/inventory/aws/read-tags.ts';
import { takeInventory } from './organization-sync/inventory/aws/take-inventory.ts';
import { beginPlanning } from './organization-sync/plan/begin-planning.ts';
import { finishPreview } from './organization-sync/plan/finish-preview.ts';
import { planSlice } from './organization-sync/plan/plan-slice.ts';
import { publishTree } from './organization-sync/plan/publish-tree.ts';
import { reuseSnapshot } from './organization-sync/plan/reuse-snapshot.ts';
import { endHeldRemovals } from './organization-sync/removals/end-held-removals.ts';
import { findHeldRemovals } from './organization-sync/removals/find-held-removals.ts';
import { recordHeldRemovals } from './organization-sync/removals/record-held-removals.ts';
import { removeAndCheckClouds } from './organization-sync/removals/remove-and-check-clouds.ts';
import { checkCloudRole } from './role-check/check-cloud-role.ts';
import { proveCloudRole } from './role-check/prove-cloud-role.ts';
import { recordCloudCheck } from './role-check/record-cloud-check.ts';
import { recordUnfinishedCheck } from './role-check/record-unfinished-check.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * All activities, bound to their dependencies. Their names are registered and never change. An activity that a contract
 * declares and this does not bind, or the reverse, does not compile.
 */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const { db } = dependencies;
  const ifOpen = after((run) => requireOwnership(db, run));
  const ifOwner = after((run) => requireGeneration(db, run));
  return {
    createDelegationRequest: ifOpen((input) => createDelegationRequest(dependencies, input)),
    deployAccountStack: ifOpen((input) => deployAccountStack(dependencies, input)),
    removeAccountStack: ifOwner((input) => removeAccountStack(dependencies, input)),
    checkOrganizationAccess: ifOpen((input) => checkOrganizationAccess(dependencies, input)),
    deployMemberRoles: ifOpen((input) => deployMemberRoles(dependencies, input)),
    removeMemberRoles: ifOwner((input) => removeMemberRoles(dependencies, input)),
    proveRole: ifOpen((input) => proveRole(dependencies, input)),
    proveRefusal: ifOpen((input) => proveRefusal(dependencies, input)),
    loadDelegationRequest: (input) => loadRequestToRun(db, input),
    findAccountConflict: ifOpen((input) => findAccountConflict(db, input)),
    recordProgress: (input) => recordProgress(db, input, new Date(activityInfo().scheduledTimestampMs)),
    hasUndeliveredMessages: (input) => hasUndeliveredMessages(db, input),
    registerCloud: (input) => registerCloud(db, input),
    registerOrganization: (input) => registerOrganization(db, getClient(), dependencies.delegation, input),
    closeRequest: (input) => closeRequest(db, input),
    requireOwnership: (input) => requireOwnership(db, input),
    recordStrandedRun: (input) => recordStrandedRun(db, input),
    finishCleanUp: (input) => finishCleanUp(db, input),
    checkAssumeRole: (input) => checkAssumeRole(dependencies, input),
    checkDescribeOrganization: (input) => checkDescribeOrganization(dependencies, input),
    checkSimulate: (input) => checkSimulate(dependencies, input),
    checkScope: (input) => checkScope(dependencies, input),
    eraseCredentials: (input) => eraseCredentials(db, input),
    checkCloudRole: (input) => checkCloudRole(dependencies, input),
    proveCloudRole: (input) => proveCloudRole(dependencies, input),
    recordCloudCheck: (input) => recordCloudCheck(db, input),
    recordUnfinishedCheck: (input) => recordUnfinishedCheck(db, input),
    takeNextSync: (input) => takeNextSync(db, input),
    isOrganizationKept: (input) => isOrganizationKept(db, input),
    finishSync: (input) => finishSync(db, input),
    requestScheduledWork: (input) => requestScheduledWork(db, getClient(), input),
    takeInventory: (input) => takeInventory(dependencies, input),
    checkAccounts: (input) => checkAccounts(dependencies, input),
    enterSyncPhase: (input) => enterSyncPhase(db, input),
    beginPlanning: (input) => beginPlanning(db, input),
    divideUnchecked: (input) => divideUnchecked(db, input),
    giveUpChecks: (input) => giveUpChecks(db, input),
    planSlice: (input) => planSlice(db, input),
    publishTree: (input) => publishTree(db, input),
    removeClouds: (input) => removeAndCheckClouds(db, getClient(), input),
    recordHeldRemovals: (input) => recordHeldRemovals(db, input),
    findHeldRemovals: (input) => findHeldRemovals(db, input),
    badgeSlice: (input) => badgeSlice(db, input),
    prepareRecheck: (input) => prepareRecheck(db, input),
    recordOutcomes: (input) => recordOutcomes(db, input),
    reuseSnapshot: (input) => reuseSnapshot(db, input),
    finishPreview: (input) => finishPreview(db, input),
    endHeldRemovals: (input) => endHeldRemovals(db, input),
    prepareBadging: (input) => prepareBadging(db, input),
    readTags: (input) => readTags(dependencies, input),
  };
}

/** Has activities of a request refuse a run that `check` refuses, before they do anything (S8). */
function after(check: (run: RequestRun) => Promise<unknown>) {
  return <Input extends RequestRun, Result>(work: (input: Input) => Promise<Result>) =>
    async (input: Input): Promise<Result> => {
      await check(input);
      return await work(input);
    };
}
