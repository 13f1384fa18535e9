import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import { findDelegationRequest } from './find.ts';

/** The permission policy that AWS was sent, as a document (D2). Throws 404, and 409 policy_not_ready before it was sent. */
export async function getPermissionPolicy(call: Call, id: string): Promise<Record<string, unknown>> {
  const { permissionPolicy } = await findDelegationRequest(call.deps.database.db, id);
  if (permissionPolicy === null) throw conflict('policy_not_ready', 'Muster has not sent the policy to AWS yet. Retry in a few seconds.');
  return JSON.parse(permissionPolicy) as Record<string, unknown>;
}
