import { newId } from '../../../db/ids.ts';
import { apiKeys } from '../../../db/schema/index.ts';
import type { ApiDependencies, Call } from '../../context.ts';
import type { Answer, Once } from '../../idempotency/once.ts';
import { conflict } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { hashApiKey, type ApiKeyRecipe } from './issuer.ts';

interface Described {
  id: string;
  name: string;
  role: 'admin' | 'viewer';
}

/** Makes an API key and stores its hash (S3). What is kept for repeats of the call is the recipe, never the key. */
export async function createApiKey(call: Call, input: { name: string; role: 'admin' | 'viewer' }, once: Once): Promise<Answer> {
  const { key, recipe } = call.deps.apiKeyIssuer.issue();
  const described: Described = { id: newId(), ...input };
  return await call.deps.database.db.transaction(async (tx) => {
    const claim = await once.claim(tx, described.id);
    if (claim.answer) return reviveApiKeyAnswer(call.deps, claim.answer);
    await tx.insert(apiKeys).values({ ...described, keyHash: hashApiKey(key) });
    await recordAudit(tx, call, { action: 'api_key.created', target: { type: 'api_key', id: described.id }, detail: { ...input } });
    await once.remember(tx, { status: 201, headers: {}, body: { ...described, recipe } });
    return { status: 201, headers: {}, body: { ...described, key } };
  });
}

/** The answer of an earlier call from what was kept of it. Throws 409 key_not_replayable once its sealing key is gone. */
export function reviveApiKeyAnswer(deps: Pick<ApiDependencies, 'apiKeyIssuer'>, stored: Answer): Answer {
  const { recipe, ...described } = stored.body as Described & { recipe: ApiKeyRecipe };
  const key = deps.apiKeyIssuer.reissue(recipe);
  if (key === null) throw conflict('key_not_replayable', 'The key of that call can no longer be shown. Revoke it and make a new one.');
  return { ...stored, body: { ...described, key } };
}
