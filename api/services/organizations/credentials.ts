import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { credentialSets } from '../../../db/schema/index.ts';
import type { Sealed, Sealer } from '../../../db/sealing/sealer.ts';
import type { OrganizationCredentials, RoleCredentials } from '../../../db/sealing/secrets.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { CredentialCheckItem, DescribedOrganization } from '../../../workflows/contracts/credential-check.ts';
import type { Call } from '../../context.ts';
import { unavailable } from '../../problems/errors.ts';
import { ServiceError } from '../../problems/service-error.ts';
import { nobodyAnswered } from '../temporal.ts';
import { idsToLookUp, scopeUnknownOf } from './scope-ids.ts';

/** Credentials expire after this time if the process that had them checked died. */
const uncheckedMinutes = 15;

/** The sealed credentials of a cloud (its role) or of an organization (two roles and an access key). */
export interface SealedCredentials {
  id: string;
  kind: 'cloud' | 'organization';
  /** The cloud's role or the organization role. Not sealed. */
  roleArn: string;
  sealed: Sealed;
}

/** Seals credentials. This is too slow for a transaction. */
export async function sealCredentials(sealer: Sealer, credentials: RoleCredentials | OrganizationCredentials): Promise<SealedCredentials> {
  const id = newId();
  const sealed = await sealer.seal(credentials, { table: 'credential_sets', id });
  const isWhole = 'organizationRole' in credentials;
  const { roleArn } = isWhole ? credentials.organizationRole : credentials;
  return { id, kind: isWhole ? 'organization' : 'cloud', roleArn, sealed };
}

/** Inserts credentials for a worker to check. They expire unless they are adopted. */
export async function insertUnchecked(db: Queryable, { id, kind, roleArn, sealed }: SealedCredentials): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${uncheckedMinutes})`;
  await db.insert(credentialSets).values({ id, kind, roleArn, sealed: sealed.bytes, keyId: sealed.keyId, expiresAt });
}

/** Keeps checked credentials for an organization or a cloud. Throws check_interrupted if they have expired. */
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
 * Has a worker check credentials and waits for the verdict (O5). Returns the organization of the credentials. With a scope,
 * the worker also asks AWS for the units and accounts that it names (O8); `scope` is null if that is not needed. Throws
 * organization_checks_failed with all checks, scope_unknown if only ids of the scope failed, and aws_unavailable,
 * no_worker, temporal_unavailable or check_interrupted without a verdict.
 */
export async function checkCredentials(
  call: Call,
  set: { id: string; roleArn: string },
  scope: OrganizationScope | null = null,
): Promise<DescribedOrganization> {
  const outcome = await call.deps.workflows.checkCredentials({ ...set, ...(scope ? { scopeIds: idsToLookUp(scope) } : {}) });
  switch (outcome.kind) {
    case 'unanswered':
      throw await nobodyAnswered(
        call,
        'No worker started the check of the credentials, so nothing was changed. Check that a worker is running (npm run worker), then retry.',
      );
    case 'interrupted':
      throw checkInterrupted();
    case 'checked':
      if (outcome.verdict === 'unavailable') throw awsUnavailable(outcome.checks);
      if (outcome.verdict === 'refused') throw (scope && scopeUnknownOf(scope, outcome.checks)) ?? checksFailed(outcome.checks);
      if (!outcome.organization) throw checkInterrupted();
      return outcome.organization;
  }
}

/** The credentials expired before the verdict, or the check ended without a verdict. */
export function checkInterrupted(): ServiceError {
  return unavailable('check_interrupted', 'The check of the credentials ended without a verdict, so nothing was changed. Retry the call.');
}

function awsUnavailable(checks: CredentialCheckItem[]): ServiceError {
  const reasons = checks.filter(({ passed }) => !passed).map(({ message }) => message);
  return new ServiceError({
    code: 'aws_unavailable',
    detail: ['AWS gave no usable answer in time, so nothing was changed. Retry later.', ...reasons].join(' '),
    retryAfterSeconds: 10,
  });
}

function checksFailed(checks: CredentialCheckItem[]): ServiceError {
  const failed = checks.filter(({ passed }) => !passed);
  const named = failed.map(({ name, action, id, message }) => `${action ?? id ?? name}: ${message}`);
  return new ServiceError({
    code: 'organization_checks_failed',
    detail: `${failed.length} of ${checks.length} checks of the credentials did not pass, so nothing was changed. ${named.join(' ')}`,
    extra: { checks },
  });
}
