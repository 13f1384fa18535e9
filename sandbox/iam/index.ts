/** Identity and Access Management (docs.aws.amazon.com/IAM/latest/APIReference/), with temporary delegation's operations. */
import type { ServiceModule } from '../core/service.ts';
import { operations as delegationOperations, start } from '../delegation/index.ts';
import { accessKeyOperations } from './access-keys.ts';
import { attachmentOperations } from './attachments.ts';
import { boundaryOperations } from './boundaries.ts';
import { inlinePolicyOperations } from './inline-policies.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { roleOperations } from './roles.ts';
import { simulationOperations } from './simulation/index.ts';
import { tagOperations } from './tags.ts';
import { userOperations } from './users.ts';
import { delegationState } from '../delegation/state.ts';
import { iamState } from './state.ts';

export const service: ServiceModule = {
  service: 'iam',
  protocol: 'query',
  version: '2010-05-08',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  state: [iamState, delegationState],
  operations: {
    ...roleOperations,
    ...userOperations,
    ...accessKeyOperations,
    ...inlinePolicyOperations,
    ...attachmentOperations,
    ...boundaryOperations,
    ...managedPolicyOperations,
    ...instanceProfileOperations,
    ...tagOperations,
    ...simulationOperations,
    ...delegationOperations,
  },
  // Delegation requests expire with time.
  start,
};
