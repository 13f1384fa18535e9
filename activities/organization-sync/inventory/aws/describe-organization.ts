import { DescribeOrganizationCommand } from '@aws-sdk/client-organizations';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { failure } from '../../../failures.ts';
import type { Sweep } from './begin-sweep.ts';

/** Verifies that the role still belongs to the sync's organization: an account can move to another one. */
export async function describeOrganization({ caller, organizations, awsOrganizationId }: Sweep): Promise<void> {
  const { Organization } = await caller.call({
    operation: 'DescribeOrganization',
    attempted: 'The organization could not be described',
    send: (abortSignal) => organizations.send(new DescribeOrganizationCommand({}), { abortSignal }),
  });
  if (Organization?.Id === awsOrganizationId) return;
  throw failure(
    failureTypes.precondition,
    `The organization role belongs to the organization ${Organization?.Id ?? '(no id)'}, not to ${awsOrganizationId}. Submit credentials for ${awsOrganizationId}.`,
    { code: 'organization_differs' },
  );
}
