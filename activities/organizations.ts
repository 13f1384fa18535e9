import { getClient } from '@temporalio/activity';
import type { OrganizationActivities } from '../workflows/contracts/activities-organizations.ts';
import { checkAccounts } from './organization-sync/checks/check-accounts.ts';
import { checkAssumeRole } from './credential-check/check-assume-role.ts';
import { checkDescribeOrganization } from './credential-check/check-describe-organization.ts';
import { checkSimulate } from './credential-check/check-simulate.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { divideUnchecked } from './organization-sync/checks/divide-unchecked.ts';
import { eraseCredentials } from './credential-check/erase-credentials.ts';
import { giveUpChecks } from './organization-sync/checks/give-up-checks.ts';
import { prepareRecheck } from './organization-sync/checks/prepare-recheck.ts';
import { recordOutcomes } from './organization-sync/checks/record-outcomes.ts';
import { endHeldRemovals } from './organization-sync/removals/end-held-removals.ts';
import { enterSyncPhase } from './organization-sync/enter-sync-phase.ts';
import { findHeldRemovals } from './organization-sync/removals/find-held-removals.ts';
import { finishSync } from './organization-keeper/finish-sync.ts';
import { isOrganizationKept } from './organization-keeper/is-organization-kept.ts';
import { recordHeldRemovals } from './organization-sync/removals/record-held-removals.ts';
import { requestScheduledWork } from './organization-keeper/request-scheduled-work.ts';
import { takeNextSync } from './organization-keeper/take-next-sync.ts';
import { badgeSlice } from './organization-sync/badging/badge-slice.ts';
import { beginPlanning } from './organization-sync/plan/begin-planning.ts';
import { finishPreview } from './organization-sync/plan/finish-preview.ts';
import { planSlice } from './organization-sync/plan/plan-slice.ts';
import { prepareBadging } from './organization-sync/badging/prepare-badging.ts';
import { removeClouds } from './organization-sync/removals/remove-clouds.ts';
import { readTags } from './organization-sync/inventory/aws/read-tags.ts';
import { takeInventory } from './organization-sync/inventory/aws/take-inventory.ts';
import { publishTree } from './organization-sync/plan/publish-tree.ts';
import { reuseSnapshot } from './organization-sync/plan/reuse-snapshot.ts';

/** The activities of organizations, bound to what they reach the outside by. */
export function createOrganizationActivities(dependencies: ActivityDependencies) {
  const { db } = dependencies;
  return {
    checkAccounts: (input) => checkAccounts(dependencies, input),
    checkAssumeRole: (input) => checkAssumeRole(dependencies, input),
    checkDescribeOrganization: (input) => checkDescribeOrganization(dependencies, input),
    checkSimulate: (input) => checkSimulate(dependencies, input),
    divideUnchecked: (input) => divideUnchecked(db, input),
    giveUpChecks: (input) => giveUpChecks(db, input),
    prepareRecheck: (input) => prepareRecheck(db, input),
    recordOutcomes: (input) => recordOutcomes(db, input),
    eraseCredentials: (input) => eraseCredentials(db, input),
    takeNextSync: (input) => takeNextSync(db, input),
    isOrganizationKept: (input) => isOrganizationKept(db, input),
    finishSync: (input) => finishSync(db, input),
    enterSyncPhase: (input) => enterSyncPhase(db, input),
    recordHeldRemovals: (input) => recordHeldRemovals(db, input),
    findHeldRemovals: (input) => findHeldRemovals(db, input),
    endHeldRemovals: (input) => endHeldRemovals(db, input),
    requestScheduledWork: (input) => requestScheduledWork(db, getClient(), input),
    beginPlanning: (input) => beginPlanning(db, input),
    planSlice: (input) => planSlice(db, input),
    removeClouds: (input) => removeClouds(db, input),
    badgeSlice: (input) => badgeSlice(db, input),
    prepareBadging: (input) => prepareBadging(db, input),
    finishPreview: (input) => finishPreview(db, input),
    takeInventory: (input) => takeInventory(dependencies, input),
    readTags: (input) => readTags(dependencies, input),
    publishTree: (input) => publishTree(db, input),
    reuseSnapshot: (input) => reuseSnapshot(db, input),
  } satisfies Partial<OrganizationActivities>;
}
