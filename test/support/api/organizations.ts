import type { CredentialCheckItem } from '../../../workflows/contracts/credential-check.ts';
import type { ApiHarness } from './harness.ts';

let counter = 0;

/** An AWS organization that no other test of this process uses, and a body that adds it. */
export function newOrganization(changes: Record<string, unknown> = {}) {
  counter += 1;
  const managementAccountId = String(300_000_000_000 + counter);
  const described = { awsOrganizationId: `o-api${String(counter).padStart(8, '0')}`, managementAccountId, partition: 'aws' as const };
  const body = {
    nickname: `organization ${counter}`,
    organizationRole: {
      roleArn: `arn:aws:iam::${managementAccountId}:role/MusterOrganization`,
      externalId: `organization-external-id-${counter}`,
      sessionName: 'muster',
      durationSeconds: 3_600,
    },
    memberRole: { roleName: 'MusterHarvesting', externalId: `member-external-id-${counter}`, sessionName: 'muster', durationSeconds: 900 },
    ...changes,
  };
  return { body, described };
}

export const passed: CredentialCheckItem = { name: 'assume_role', passed: true, message: 'The role lets us in.' };

/** Makes the next checks accept the credentials of this organization. */
export function acceptNextChecks(api: ApiHarness, organization: ReturnType<typeof newOrganization>['described']): void {
  api.workflows.onCheck = () => ({ kind: 'checked', verdict: 'accepted', checks: [passed], organization });
}
