import { condition, setHandler, sleep } from '@temporalio/workflow';
import type { CredentialCheckInput, CredentialCheckResult } from '../../../workflows/contracts/credential-check.ts';
import { cancelSync, keeperRequest, organizationRemovedSignal } from '../../../workflows/contracts/organization-keeper.ts';

export { removalHold } from '../../../workflows/removal-hold.ts';

/** Plays the check of credentials: what it does, the id of the set says. */
export async function credentialCheck({ credentialSetId }: CredentialCheckInput): Promise<CredentialCheckResult> {
  if (credentialSetId.startsWith('slow')) await sleep('1 hour');
  if (credentialSetId.startsWith('later')) await sleep('6 seconds');
  const organization = { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' as const };
  return { verdict: 'accepted', checks: [{ name: 'assume_role', passed: true, message: credentialSetId }], organization };
}

/** Plays the keeper: ends with what it was told, once it was told of the removal. */
export async function organizationKeeper(): Promise<unknown[]> {
  const told: unknown[] = [];
  let isRemoved = false;
  setHandler(keeperRequest, (request) => void told.push(request));
  setHandler(cancelSync, (request) => void told.push(request));
  setHandler(organizationRemovedSignal, (removal) => {
    told.push(removal);
    isRemoved = true;
  });
  await condition(() => isRemoved);
  return told;
}
