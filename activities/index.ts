import { getClient } from '@temporalio/activity';
import type { Activities } from '../workflows/contracts/activities.ts';
import { checkCloudRole } from './role-check/check-cloud-role.ts';
import { checkOrganizationAccess } from './delegation-onboarding/check-organization-access.ts';
import { createDelegationRequest } from './delegation-onboarding/create-delegation-request.ts';
import { deployAccountStack } from './delegation-onboarding/account-stack/deploy-account-stack.ts';
import { deployMemberRoles } from './delegation-onboarding/member-roles/deploy-member-roles.ts';
import { proveRefusal, proveRole } from './delegation-onboarding/prove-role.ts';
import { removeAccountStack } from './delegation-onboarding/account-stack/remove-account-stack.ts';
import { removeMemberRoles } from './delegation-onboarding/member-roles/remove-member-roles.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createOrganizationActivities } from './organizations.ts';
import { closeRequest } from './delegation-onboarding/close-request.ts';
import { findAccountConflict } from './delegation-onboarding/find-account-conflict.ts';
import { hasUndeliveredMessages } from './delegation-onboarding/has-undelivered-messages.ts';
import { loadRequest } from './delegation-onboarding/load-request.ts';
import { recordCloudCheck } from './role-check/record-cloud-check.ts';
import { recordProgress } from './delegation-onboarding/record-progress.ts';
import { registerCloud } from './delegation-onboarding/register-cloud.ts';
import { registerOrganization } from './delegation-onboarding/register-organization.ts';

/** Every activity, bound to what it reaches the outside by; the names are the registered names and never change. */
export function createActivities(dependencies: ActivityDependencies): Activities & ReturnType<typeof createOrganizationActivities> {
  const { db } = dependencies;
  return {
    ...createOrganizationActivities(dependencies),
    createDelegationRequest: (input) => createDelegationRequest(dependencies, input),
    deployAccountStack: (input) => deployAccountStack(dependencies, input),
    removeAccountStack: (input) => removeAccountStack(dependencies, input),
    checkOrganizationAccess: (input) => checkOrganizationAccess(dependencies, input),
    deployMemberRoles: (input) => deployMemberRoles(dependencies, input),
    removeMemberRoles: (input) => removeMemberRoles(dependencies, input),
    proveRole: (input) => proveRole(dependencies, input),
    proveRefusal: (input) => proveRefusal(dependencies, input),
    checkCloudRole: (input) => checkCloudRole(dependencies, input),
    loadDelegationRequest: ({ requestId }) => loadRequest(db, requestId),
    findAccountConflict: (input) => findAccountConflict(db, input),
    hasUndeliveredMessages: (input) => hasUndeliveredMessages(db, input),
    recordProgress: (input) => recordProgress(db, input),
    registerCloud: (input) => registerCloud(db, input),
    registerOrganization: (input) => registerOrganization(db, getClient(), dependencies.delegation, input),
    closeRequest: (input) => closeRequest(db, input),
    recordCloudCheck: (input) => recordCloudCheck(db, input),
  };
}
