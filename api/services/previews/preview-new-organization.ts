import { eq } from 'drizzle-orm';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { cloudOrganizations, credentialSets, previews } from '../../../db/schema/index.ts';
import type { SyncRow } from '../../../db/schema/rows.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import { idsOf } from '../../../domain/organizations/scope-ids.ts';
import { maxScopeIds, type DescribedOrganization } from '../../../workflows/contracts/credential-check.ts';
import type { Call } from '../../context.ts';
import type { KeyClaim } from '../../idempotency/once.ts';
import type { Preview } from '../../schemas/preview.ts';
import { claimUncheckedCredentials, discardUncheckedCredentials } from '../organizations/unchecked-credentials.ts';
import type { NewOrganization } from '../organizations/create.ts';
import { checkCredentials, checkInterrupted } from '../organizations/credentials.ts';
import { organizationExists } from '../organizations/find.ts';
import { refuseOwnRole } from '../own-account.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { insertPreview } from './insert.ts';
import { waitForPreview } from './wait-for.ts';

/**
 * Previews the addition of an organization (O16): checks the credentials as createOrganization does, lists the
 * organization and plans each account. Registers nothing; the credentials are erased when the preview ends. Throws the
 * errors of createOrganization.
 */
export async function previewNewOrganization(call: Call, input: NewOrganization, once: KeyClaim): Promise<Preview> {
  refuseOwnRole(call, input.credentials.organizationRole.roleArn, '/organizationRole/roleArn');
  // The preview has the id of its credential set, so that a repeat of the call finds it.
  const id = await claimUncheckedCredentials(call, input, once);
  try {
    const isBegun = (await call.deps.database.db.$count(previews, eq(previews.id, id))) > 0;
    const { roleArn } = input.credentials.organizationRole;
    if (!isBegun) await begin(call, input, id, await checkCredentials(call, { id, roleArn }, scopeToAsk(input)));
  } catch (error) {
    await discardUncheckedCredentials(call, once, error, (tx) => eraseUnusedCredentials(tx, [id]));
    throw error;
  }
  return await waitForPreview(call, id);
}

/** More ids than AWS is asked for are compared with the preview's own listing, which warns of them. */
function scopeToAsk({ scope, allowUnknown }: NewOrganization): OrganizationScope | null {
  return allowUnknown || idsOf(scope).length > maxScopeIds ? null : scope;
}

/**
 * Two parallel calls with one key have the same credential set. The second call waits here, and finds the preview of the
 * first.
 */
async function begin(call: Call, input: NewOrganization, id: string, described: DescribedOrganization): Promise<void> {
  const { db } = call.deps.database;
  const { awsOrganizationId, managementAccountId } = described;
  const work = await db.transaction(async (tx): Promise<SyncRow | null> => {
    const [set] = await tx.select({ id: credentialSets.id }).from(credentialSets).where(eq(credentialSets.id, id)).for('update');
    if ((await tx.$count(previews, eq(previews.id, id))) > 0) return null;
    if (!set) throw checkInterrupted();
    const isKnown = (await tx.$count(cloudOrganizations, eq(cloudOrganizations.awsOrganizationId, awsOrganizationId))) > 0;
    if (isKnown) throw await organizationExists(tx, awsOrganizationId);
    const { nickname, scope, credentials } = input;
    const preview = {
      id,
      organizationId: null,
      organizationRoleArn: credentials.organizationRole.roleArn,
      managementAccountId,
      nickname,
      memberRoleName: credentials.memberRole.roleName,
      scope,
    };
    return await insertPreview(
      tx,
      call,
      preview,
      { awsOrganizationId, settingsGeneration: 1, credentialSetId: id },
      { fromSnapshot: false },
    );
  });
  if (work) await wakeKeeper(call, work);
}
