import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { credentialSets } from '../../../db/schema/index.ts';
import type { Sealed, Sealer } from '../../../db/sealing/sealer.ts';
import type { OrganizationCredentials, RoleCredentials } from '../../../db/sealing/secrets.ts';
import type { CredentialCheckItem, DescribedOrganization } from '../../../workflows/contracts/credential-check.ts';
import type { Call } from '../../context.ts';
import { temporalUnavailable, unavailable } from '../../problems/errors.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** How long credentials that nobody adopted are kept if whoever had them checked died, in minutes. */
const uncheckedMinutes = 15;

/** A cloud's role, or an organization's two roles and its access key, sealed whole. */
export interface SealedCredentials {
  id: string;
  /** In clear: the cloud's role, or the organization role. */
  roleArn: string;
  sealed: Sealed;
}

/** Seals credentials; slow work that no transaction waits for. */
export async function sealCredentials(sealer: Sealer, credentials: RoleCredentials | OrganizationCredentials): Promise<SealedCredentials> {
  const id = newId();
  const sealed = await sealer.seal(credentials, { table: 'credential_sets', id });
  const { roleArn } = 'organizationRole' in credentials ? credentials.organizationRole : credentials;
  return { id, roleArn, sealed };
}

/** Writes credentials for their check: a worker reads them from there, and they are erased unless somebody adopts them. */
export async function insertUnchecked(db: Queryable, { id, roleArn, sealed }: SealedCredentials): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${uncheckedMinutes})`;
  await db.insert(credentialSets).values({ id, kind: 'organization', roleArn, sealed: sealed.bytes, keyId: sealed.keyId, expiresAt });
}

/** Makes checked credentials an organization's. Throws 503 when they were erased meanwhile. */
export async function adoptCredentials(tx: Transaction, id: string): Promise<void> {
  const adopted = await tx
    .update(credentialSets)
    .set({ expiresAt: null })
    .where(eq(credentialSets.id, id))
    .returning({ id: credentialSets.id });
  if (adopted.length === 0) throw checkInterrupted();
}

/** Erases credentials that were not adopted. */
export async function eraseUnadopted(db: Queryable, id: string): Promise<void> {
  await db.delete(credentialSets).where(and(eq(credentialSets.id, id), isNotNull(credentialSets.expiresAt)));
}

/**
 * Lets a worker prove credentials and waits for its verdict (O5). Answers the organization that they open. Throws 422
 * organization_checks_failed with all checks, and 503 when there is no verdict.
 */
export async function checkCredentials(call: Call, set: { id: string; roleArn: string }): Promise<DescribedOrganization> {
  const outcome = await call.deps.workflows.checkCredentials(set);
  switch (outcome.kind) {
    case 'unanswered':
      throw temporalUnavailable(
        'No worker started the check of the credentials, so nothing was changed. Check that a worker runs (npm run worker), then retry.',
      );
    case 'interrupted':
      throw checkInterrupted();
    case 'checked':
      if (outcome.verdict === 'unavailable') throw awsUnavailable(outcome.checks);
      if (outcome.verdict === 'refused') throw checksFailed(outcome.checks);
      if (!outcome.organization) throw checkInterrupted();
      return outcome.organization;
  }
}

/** 503: the credentials were erased before a verdict, or there is none. */
export function checkInterrupted(): ServiceError {
  return unavailable('check_interrupted', 'The check of the credentials ended without a verdict, so nothing was changed. Retry the call.');
}

function awsUnavailable(checks: CredentialCheckItem[]): ServiceError {
  const reasons = checks.filter(({ passed }) => !passed).map(({ message }) => message);
  return new ServiceError({
    code: 'aws_unavailable',
    detail: ['AWS gave no usable answer within 20 s, so nothing was changed. Retry later.', ...reasons].join(' '),
    retryAfterSeconds: 10,
  });
}

function checksFailed(checks: CredentialCheckItem[]): ServiceError {
  const failed = checks.filter(({ passed }) => !passed);
  const named = failed.map(({ name, action, message }) => `${action ?? name}: ${message}`);
  return new ServiceError({
    code: 'organization_checks_failed',
    detail: `${failed.length} of ${checks.length} checks of the credentials did not pass, so nothing was changed. ${named.join(' ')}`,
    extra: { checks },
  });
}
