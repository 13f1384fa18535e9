import { getClient } from '@temporalio/activity';
import type { OrganizationActivities } from '../workflows/contracts/activities-organizations.ts';
import { checkAccounts } from './aws/check-accounts.ts';
import { checkAssumeRole } from './aws/credentials/check-assume-role.ts';
import { checkDescribeOrganization } from './aws/credentials/check-describe-organization.ts';
import { checkSimulate } from './aws/credentials/check-simulate.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { divideUnchecked } from './registry/organizations/divide-unchecked.ts';
import { eraseCredentials } from './registry/organizations/erase-credentials.ts';
import { giveUpChecks } from './registry/organizations/give-up-checks.ts';
import { prepareRecheck } from './registry/organizations/prepare-recheck.ts';
import { recordOutcomes } from './registry/organizations/record-outcomes.ts';
import { endHeldRemovals } from './registry/organizations/end-held-removals.ts';
import { enterSyncPhase } from './registry/organizations/enter-sync-phase.ts';
import { findHeldRemovals } from './registry/organizations/find-held-removals.ts';
import { finishSync } from './registry/organizations/finish-sync.ts';
import { isOrganizationKept } from './registry/organizations/is-organization-kept.ts';
import { recordHeldRemovals } from './registry/organizations/record-held-removals.ts';
import { requestScheduledWork } from './registry/organizations/request-scheduled-work.ts';
import { takeNextSync } from './registry/organizations/take-next-sync.ts';
import { badgeSlice } from './registry/organizations/badge-slice.ts';
import { beginPlanning } from './registry/organizations/begin-planning.ts';
import { finishPreview } from './registry/organizations/finish-preview.ts';
import { planSlice } from './registry/organizations/plan-slice.ts';
import { prepareBadging } from './registry/organizations/prepare-badging.ts';
import { removeClouds } from './registry/organizations/remove-clouds.ts';
import { readTags } from './aws/organizations/read-tags.ts';
import { takeInventory } from './aws/organizations/take-inventory.ts';
import { publishTree } from './registry/organizations/publish-tree.ts';
import { reuseSnapshot } from './registry/organizations/reuse-snapshot.ts';

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
