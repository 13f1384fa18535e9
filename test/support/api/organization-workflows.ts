import { condition, setHandler, sleep } from '@temporalio/workflow';
import type { CredentialCheckInput, CredentialCheckResult } from '../../../workflows/contracts/credential-check.ts';
import { cancelSync, keeperRequest, organizationRemovedSignal } from '../../../workflows/contracts/organization-keeper.ts';

export { removalHold } from '../../../workflows/removal-hold.ts';

/** Stands in for the check of credentials. The prefix of the set's id selects its behaviour. */
export async function credentialCheck({ credentialSetId }: CredentialCheckInput): Promise<CredentialCheckResult> {
  if (credentialSetId.startsWith('slow')) await sleep('1 hour');
  if (credentialSetId.startsWith('later')) await sleep('6 seconds');
  const organization = { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' as const };
  return { verdict: 'accepted', checks: [{ name: 'assume_role', passed: true, message: credentialSetId }], organization };
}

/** Stands in for the keeper. Ends after the removal of the organization, with the messages that it got. */
export async function organizationKeeper(): Promise<unknown[]> {
  const received: unknown[] = [];
  let isRemoved = false;
  setHandler(keeperRequest, (request) => void received.push(request));
  setHandler(cancelSync, (request) => void received.push(request));
  setHandler(organizationRemovedSignal, (removal) => {
    received.push(removal);
    isRemoved = true;
  });
  await condition(() => isRemoved);
  return received;
}
