import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { SealingKey, SealingKeys } from '../../../config/sealing-keys.ts';

/** The input from which an API key was derived. It is useless without the sealing key. */
export interface ApiKeyRecipe {
  /** 32 random bytes, base64url. */
  seed: string;
  sealingKeyId: string;
}

/**
 * Creates API keys: `muster_` and 256 bits, derived from a sealing key and a random seed. Only the hash of a key is
 * stored. With the recipe, a repeated create call returns the same key, although no key is stored (S2, S3).
 */
export interface ApiKeyIssuer {
  issue(): { key: string; recipe: ApiKeyRecipe };
  /** The key of a recipe. Null if its sealing key was removed. */
  reissue(recipe: ApiKeyRecipe): string | null;
}

function derive(sealingKey: SealingKey, seed: string): string {
  const bytes = hkdfSync('sha256', sealingKey.bytes, Buffer.from(seed, 'base64url'), 'muster api key v1', 32);
  return `muster_${Buffer.from(bytes).toString('base64url')}`;
}

export function createApiKeyIssuer(keys: SealingKeys): ApiKeyIssuer {
  return {
    issue() {
      const recipe = { seed: randomBytes(32).toString('base64url'), sealingKeyId: keys.current.id };
      return { key: derive(keys.current, recipe.seed), recipe };
    },
    reissue(recipe) {
      const sealingKey = keys.all.find((key) => key.id === recipe.sealingKeyId);
      return sealingKey ? derive(sealingKey, recipe.seed) : null;
    },
  };
}

/** The form in which a key is stored and looked up. A plain hash is enough for 256 random bits. */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
