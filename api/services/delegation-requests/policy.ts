import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import { findDelegationRequest } from './find.ts';

/** The permission policy that Muster sent to AWS (D2). Throws not_found, policy_not_ready. */
export async function getPermissionPolicy(call: Call, id: string): Promise<Record<string, unknown>> {
  const { permissionPolicy } = await findDelegationRequest(call.deps.database.db, id);
  if (permissionPolicy === null) throw conflict('policy_not_ready', 'Muster has not sent the policy to AWS yet. Retry in a few seconds.');
  return JSON.parse(permissionPolicy) as Record<string, unknown>;
}
