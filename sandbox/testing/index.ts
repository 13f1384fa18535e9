/** Helpers for tests against a sandbox; see the README. */
export { administrator } from '../auth/credentials.ts';
export { stackSetsOf } from '../cloudformation/stack-sets/access.ts';
export { pythonIsMissing, pythonProgram } from '../conformance/python.ts';
export { secretKey, secretKeyPrefix, sessionToken, sessionTokenPrefix } from '../core/ids.ts';
export { revoke as revokeDelegatedAccess } from '../delegation/index.ts';
export type { StoredDelegationRequest } from '../delegation/state.ts';
export { treeChanged } from '../organizations/listing.ts';
export type { Organization } from '../organizations/state.ts';
export { organizationOf, parentsOf, policyIdsOn } from '../organizations/tree.ts';
export { delegationRequests } from './delegation.ts';
export { chainedKeys } from './chained.ts';
export { adminOf, control, keysOf } from './http.ts';
export {
  addOrganization,
  addOrganizationRole,
  attachFullSize,
  attachRcp,
  attachScp,
  detachScp,
  fullSize,
  testRoot,
} from './organization.ts';
export type { TestOrganization } from './organization.ts';
