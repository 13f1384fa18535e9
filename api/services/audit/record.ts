import { writeAudit, type Actor } from '../../../db/audit.ts';
import type { Queryable } from '../../../db/client.ts';
import type { Call } from '../../context.ts';

export interface CallAudit {
  /** The action as `target.action`, such as cloud.renamed. */
  action: string;
  target: { type: 'delegation_request' | 'cloud' | 'organization' | 'sync' | 'preview' | 'api_key'; id: string };
  /** Must not contain secrets. */
  detail?: Record<string, unknown>;
}

/** Records a caller's action in the audit trail, in the transaction of the change (S3). */
export async function recordAudit(tx: Queryable, call: Pick<Call, 'actor' | 'requestId'>, audit: CallAudit): Promise<void> {
  await writeAudit(tx, { ...audit, actor: auditActor(call), requestId: call.requestId });
}

/** The caller as the audit trail names it. */
export function auditActor({ actor: { apiKeyId, name } }: Pick<Call, 'actor'>): Actor {
  return { type: 'api_key', id: apiKeyId, name };
}
