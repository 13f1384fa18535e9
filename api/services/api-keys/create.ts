import { newId } from '../../../db/ids.ts';
import { apiKeys } from '../../../db/schema/index.ts';
import type { ApiDependencies, Call } from '../../context.ts';
import type { Once } from '../../idempotency/once.ts';
import { conflict } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { hashApiKey, type ApiKeyRecipe } from './issuer.ts';

interface NewApiKey {
  name: string;
  role: 'admin' | 'viewer';
}

/** A new API key in the form that may be stored: with its recipe, without the key. */
export interface IssuedApiKey extends NewApiKey {
  id: string;
  recipe: ApiKeyRecipe;
}

/** Creates an API key and stores its hash (S3). */
export async function createApiKey(call: Call, input: NewApiKey, once: Once<IssuedApiKey>): Promise<IssuedApiKey> {
  const { key, recipe } = call.deps.apiKeyIssuer.issue();
  const described = { id: newId(), ...input };
  const issued = { ...described, recipe };
  await call.deps.database.db.transaction(async (tx) => {
    await once.claim(tx, issued.id);
    await tx.insert(apiKeys).values({ ...described, keyHash: hashApiKey(key) });
    await recordAudit(tx, call, { action: 'api_key.created', target: { type: 'api_key', id: issued.id }, detail: { ...input } });
    await once.keep(tx, issued);
  });
  return issued;
}

/** Derives the key from its recipe. Throws key_not_replayable if the sealing key was removed. */
export function revealApiKey(deps: Pick<ApiDependencies, 'apiKeyIssuer'>, { recipe, ...described }: IssuedApiKey) {
  const key = deps.apiKeyIssuer.reissue(recipe);
  if (key === null)
    throw conflict('key_not_replayable', 'The API key of that call can no longer be shown. Revoke it and create a new one.');
  return { ...described, key };
}
