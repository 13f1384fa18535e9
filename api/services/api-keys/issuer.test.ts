import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseSealingKeys } from '../../../config/sealing-keys.ts';
import { createApiKeyIssuer } from './issuer.ts';

const keyText = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

it('S3: a recipe gives the same key again, also after the sealing key was rotated', () => {
  const old = keyText('old');
  const { key, recipe } = createApiKeyIssuer(parseSealingKeys(old)).issue();
  expect(key).toMatch(/^muster_[\w-]{43}$/);
  expect(createApiKeyIssuer(parseSealingKeys(`${keyText('new')},${old}`)).reissue(recipe)).toBe(key);
});

it('S3: a recipe does not give the key with another sealing key', () => {
  const { key, recipe } = createApiKeyIssuer(parseSealingKeys(keyText('k'))).issue();
  expect(createApiKeyIssuer(parseSealingKeys(keyText('k'))).reissue(recipe)).not.toBe(key);
  expect(createApiKeyIssuer(parseSealingKeys(keyText('other'))).reissue(recipe)).toBeNull();
});

it('S3: all keys differ', () => {
  const issuer = createApiKeyIssuer(parseSealingKeys(keyText('k')));
  expect(new Set(Array.from({ length: 50 }, () => issuer.issue().key)).size).toBe(50);
});
