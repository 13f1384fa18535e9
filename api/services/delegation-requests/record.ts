import type { Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { findSuspendedAccount } from '../../../db/organizations/find-suspended-account.ts';
import { credentialSets, delegationRequests } from '../../../db/schema/index.ts';
import { newExternalId, type OrganizationCredentials, type RoleCredentials } from '../../../db/sealing/secrets.ts';
import { appendTimeline } from '../../../db/timeline.ts';
import type { Sealer } from '../../../db/sealing/sealer.ts';
import { formatRoleArn } from '../../../domain/aws/arn.ts';
import { organizationRoleName } from '../../../domain/delegation/parameters.ts';
import { suspendedWarning } from '../../../domain/delegation/warnings.ts';
import type { DelegationScope } from '../../../domain/delegation/states.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import { withConflicts } from '../conflicts.ts';
import { claimNickname, nicknameConstraint, nicknameTaken } from '../nicknames.ts';
import { sealCredentials, type SealedCredentials } from '../organizations/credentials.ts';
import { liveAccountConstraint, runningConflict } from './find.ts';

/** The validated fields of a request. */
export interface RequestSettings {
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
  sessionDurationSeconds: number;
  /** Null for a single account. */
  organizationScope: OrganizationScope | null;
}

/**
 * A request before the transaction that inserts it, with its sealed external ids (D12). Sealing is too slow for a
 * transaction.
 */
export interface PreparedRequest {
  id: string;
  settings: RequestSettings;
  credentials: SealedCredentials;
}

/** Generates the external ids of the request's roles and seals the credentials. */
export async function prepareRequest(sealer: Sealer, settings: RequestSettings): Promise<PreparedRequest> {
  const id = newId();
  const credentials = settings.scope === 'account' ? accountCredentials(settings) : organizationCredentials(id, settings);
  return { id, settings, credentials: await sealCredentials(sealer, credentials) };
}

const session = { sessionName: 'muster-onboarding', durationSeconds: 3_600 };

function accountCredentials({ accountId, roleName }: RequestSettings): RoleCredentials {
  return { roleArn: formatRoleArn('aws', accountId, roleName), externalId: newExternalId(), ...session };
}

/** The roles have different external ids, so that reading one of them in an account does not reveal the other. */
function organizationCredentials(requestId: string, { accountId, roleName }: RequestSettings): OrganizationCredentials {
  const roleArn = formatRoleArn('aws', accountId, organizationRoleName(requestId));
  return {
    organizationRole: { roleArn, externalId: newExternalId(), ...session },
    memberRole: { roleName, externalId: newExternalId(), ...session },
  };
}

/** Inserts a request with its nickname, its sealed credentials and the first entry of its timeline. */
export async function insertRequest(tx: Transaction, call: Call, prepared: PreparedRequest, resendOf?: string): Promise<void> {
  const { id, settings, credentials } = prepared;
  await claimNickname(tx, settings.nickname, { type: 'request', id });
  await tx.insert(credentialSets).values({
    id: credentials.id,
    kind: credentials.kind,
    roleArn: credentials.roleArn,
    sealed: credentials.sealed.bytes,
    keyId: credentials.sealed.keyId,
  });
  const suspended = await findSuspendedAccount(tx, settings.accountId);
  const warnings = suspended ? [suspendedWarning(settings.accountId, suspended.awsOrganizationId)] : [];
  await tx.insert(delegationRequests).values({ ...settings, id, credentialSetId: credentials.id, warnings });
  await appendTimeline(tx, id, [
    {
      key: 'requested',
      at: new Date().toISOString(),
      type: 'requested',
      message: `${call.actor.name} requested access to ${settings.scope === 'account' ? 'account' : 'the organization of account'} ${settings.accountId}.`,
      detail: { by: call.actor.name, ...(resendOf ? { resendOf } : {}) },
    },
  ]);
}

/** Runs the transaction that inserts a request, and throws the conflicts with parallel calls. */
export async function inRequestTransaction<Result>(
  call: Call,
  settings: RequestSettings,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { db } = call.deps.database;
  return await withConflicts(() => db.transaction(work), {
    [nicknameConstraint]: () => nicknameTaken(settings.nickname),
    [liveAccountConstraint]: async () =>
      (await runningConflict(db, settings.accountId)) ??
      conflict('request_running', `A delegation request for account ${settings.accountId} was running a moment ago. Retry the call.`),
  });
}
