import type { Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { credentialSets, delegationRequests } from '../../../db/schema/index.ts';
import { newExternalId, type RoleCredentials } from '../../../db/sealing/secrets.ts';
import { appendTimeline } from '../../../db/timeline.ts';
import type { Sealed, Sealer } from '../../../db/sealing/sealer.ts';
import { formatRoleArn } from '../../../domain/aws/arn.ts';
import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import { withConflicts } from '../conflicts.ts';
import { claimNickname, nicknameConstraint, nicknameTaken } from '../nicknames.ts';
import { liveAccountConstraint, runningConflict } from './find.ts';

/** What a request is made of, once its fields are known to be right. */
export interface RequestSettings {
  nickname: string;
  accountId: string;
  roleName: string;
  sessionDurationSeconds: number;
}

/** A request before it is written: ids, and the external id sealed (D12). Sealing is slow work that no transaction waits for. */
export interface PreparedRequest {
  id: string;
  settings: RequestSettings;
  credentials: { id: string; roleArn: string; sealed: Sealed };
}

/** Makes the request's external id and seals what will prove its role. */
export async function prepareRequest(sealer: Sealer, settings: RequestSettings): Promise<PreparedRequest> {
  const roleArn = formatRoleArn('aws', settings.accountId, settings.roleName);
  const secret: RoleCredentials = { roleArn, externalId: newExternalId(), sessionName: 'muster-onboarding', durationSeconds: 3_600 };
  const id = newId();
  return { id: newId(), settings, credentials: { id, roleArn, sealed: await sealer.seal(secret, { table: 'credential_sets', id }) } };
}

/** Writes a request with its nickname, its sealed external id and the first entry of its timeline. */
export async function insertRequest(tx: Transaction, call: Call, prepared: PreparedRequest, resendOf?: string): Promise<void> {
  const { id, settings, credentials } = prepared;
  await claimNickname(tx, settings.nickname, { type: 'request', id });
  await tx.insert(credentialSets).values({
    id: credentials.id,
    roleArn: credentials.roleArn,
    sealed: credentials.sealed.bytes,
    keyId: credentials.sealed.keyId,
  });
  await tx.insert(delegationRequests).values({ ...settings, id, scope: 'account', credentialSetId: credentials.id });
  await appendTimeline(tx, id, [
    {
      key: 'requested',
      at: new Date().toISOString(),
      type: 'requested',
      message: `${call.actor.name} asked for access to account ${settings.accountId}.`,
      detail: { by: call.actor.name, ...(resendOf ? { resendOf } : {}) },
    },
  ]);
}

/** Runs the transaction that writes a request, with the conflicts that parallel calls run into. */
export async function recordingRequest<Result>(
  call: Call,
  settings: RequestSettings,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { db } = call.deps.database;
  return await withConflicts(() => db.transaction(work), {
    [nicknameConstraint]: () => nicknameTaken(settings.nickname),
    [liveAccountConstraint]: async () =>
      (await runningConflict(db, settings.accountId)) ??
      conflict('request_running', `A delegation request for account ${settings.accountId} was running a moment ago. Try again.`),
  });
}
