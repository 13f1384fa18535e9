/** AWS Organizations (docs.aws.amazon.com/organizations/latest/APIReference/). JSON 1.1. */
import type { ServiceModule } from '../core/service.ts';
import { accountOperations } from './accounts.ts';
import { attachmentOperations } from './attachments.ts';
import { organizationOperations } from './create-organization.ts';
import { handshakeOperations } from './handshakes.ts';
import { hierarchyOperations } from './hierarchy.ts';
import { leaveOperations } from './leave.ts';
import { lifecycleOperations } from './lifecycle.ts';
import { policyOperations } from './policies.ts';
import { policyTypeOperations } from './policy-types.ts';
import { serviceOperations } from './services.ts';
import { tagOperations } from './tags.ts';
import { unitOperations } from './units.ts';
import { organizationsState } from './state.ts';

export const service: ServiceModule = {
  service: 'organizations',
  protocol: 'json',
  version: 'AWSOrganizationsV20161128',
  state: [organizationsState],
  operations: {
    ...organizationOperations,
    ...accountOperations,
    ...unitOperations,
    ...hierarchyOperations,
    ...tagOperations,
    ...policyOperations,
    ...policyTypeOperations,
    ...attachmentOperations,
    ...serviceOperations,
    ...lifecycleOperations,
    ...handshakeOperations,
    ...leaveOperations,
  },
};
