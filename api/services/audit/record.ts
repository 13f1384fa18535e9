import { writeAudit } from '../../../db/audit.ts';
import type { Queryable } from '../../../db/client.ts';
import type { Call } from '../../context.ts';

export interface CallAudit {
  /** What was done, as `target.done`, such as cloud.renamed. */
  action: string;
  target: { type: 'delegation_request' | 'cloud' | 'organization' | 'sync' | 'preview' | 'api_key'; id: string };
  /** Never a secret. */
  detail?: Record<string, unknown>;
}

/** Writes what a caller did into the trail, in the transaction of the change (S3). */
export async function recordAudit(tx: Queryable, call: Pick<Call, 'actor' | 'requestId'>, audit: CallAudit): Promise<void> {
  const { apiKeyId, name } = call.actor;
  await writeAudit(tx, { ...audit, actor: { type: 'api_key', id: apiKeyId, name }, requestId: call.requestId });
}
