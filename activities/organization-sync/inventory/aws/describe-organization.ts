import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { failure } from '../../../failures.ts';
import type { Sweep } from './begin-sweep.ts';

/** Makes sure that the role is still in the organization that is to be read: an account can leave for another one. */
export async function describeOrganization({ caller, organizations, awsOrganizationId }: Sweep): Promise<void> {
  const { Organization } = await caller.call({
    operation: 'DescribeOrganization',
    attempted: 'The organization could not be described',
    send: (abortSignal) => organizations.send(new DescribeOrganizationCommand({}), { abortSignal }),
  });
  if (Organization?.Id === awsOrganizationId) return;
  throw failure(
    failureTypes.precondition,
    `The organization role is now in the organization ${Organization?.Id ?? 'of no id'}, and not in ${awsOrganizationId}; submit credentials of that one`,
    { code: 'organization_differs' },
  );
}
