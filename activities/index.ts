import { getClient } from '@temporalio/activity';
import type { Activities } from '../workflows/contracts/activities.ts';
import { checkCloudRole } from './aws/check-cloud-role.ts';
import { checkOrganizationAccess } from './aws/check-organization-access.ts';
import { createDelegationRequest } from './aws/create-delegation-request.ts';
import { deployAccountStack } from './aws/deploy-account-stack.ts';
import { deployMemberRoles } from './aws/deploy-member-roles.ts';
import { proveRefusal, proveRole } from './aws/prove-role.ts';
import { removeAccountStack } from './aws/remove-account-stack.ts';
import { removeMemberRoles } from './aws/remove-member-roles.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { createOrganizationActivities } from './organizations.ts';
import { closeRequest } from './registry/close-request.ts';
import { findAccountConflict } from './registry/find-account-conflict.ts';
import { hasUndeliveredMessages } from './registry/has-undelivered-messages.ts';
import { loadRequest } from './registry/load-request.ts';
import { recordCloudCheck } from './registry/record-cloud-check.ts';
import { recordProgress } from './registry/record-progress.ts';
import { registerCloud } from './registry/register-cloud.ts';
import { registerOrganization } from './registry/register-organization.ts';

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
