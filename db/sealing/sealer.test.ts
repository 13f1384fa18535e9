import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSealingKeys } from '../../config/sealing-keys.ts';
import { createSealer, SealingKeyMissing, type SealedFor } from './sealer.ts';

const keyText = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const owner: SealedFor = { table: 'credential_sets', id: 'a' };
const secret = { externalId: 'a-very-secret-external-id' };

describe('sealing', () => {
  it('D11: a stolen database row does not show the secret, and Muster can still read it', async () => {
    const sealer = createSealer(parseSealingKeys(keyText('one')));
    const sealed = await sealer.seal(secret, owner);
    expect(sealed.bytes.includes(secret.externalId)).toBe(false);
    expect(await sealer.open(sealed.bytes, owner)).toEqual(secret);
  });

  it('D11: a secret copied into another row does not open', async () => {
    const sealer = createSealer(parseSealingKeys(keyText('one')));
    const sealed = await sealer.seal(secret, owner);
    await expect(sealer.open(sealed.bytes, { ...owner, id: 'b' })).rejects.toThrow('another row');
    await expect(sealer.open(sealed.bytes, { ...owner, table: 'notification_inbox' })).rejects.toThrow('another row');
  });

  it('a value with a changed byte does not open', async () => {
    const sealer = createSealer(parseSealingKeys(keyText('one')));
    const sealed = await sealer.seal(secret, owner);
    const last = sealed.bytes.length - 1;
    sealed.bytes[last] = sealed.bytes[last]! ^ 1;
    const opening = sealer.open(sealed.bytes, owner);
    await expect(opening).rejects.toThrow();
    await expect(opening).rejects.not.toBeInstanceOf(SealingKeyMissing);
  });

  it('S7: a missing key is another error than a changed value', async () => {
    const [oldKey, newKey] = [keyText('k1'), keyText('k10')];
    const sealed = await createSealer(parseSealingKeys(newKey)).seal(secret, owner);
    const behind = createSealer(parseSealingKeys(oldKey));
    await expect(behind.open(sealed.bytes, owner)).rejects.toBeInstanceOf(SealingKeyMissing);
    await expect(behind.open(sealed.bytes, owner)).rejects.toThrow('the key k10 is missing from its MUSTER_SEALING_KEYS');
    expect(await createSealer(parseSealingKeys(`${oldKey},${newKey}`)).open(sealed.bytes, owner)).toEqual(secret);
  });

  it('a rotated installation opens values of the old key and seals with the new one', async () => {
    const [oldKey, newKey] = [keyText('old'), keyText('new')];
    const before = await createSealer(parseSealingKeys(oldKey)).seal(secret, owner);
    const rotated = createSealer(parseSealingKeys(`${newKey},${oldKey}`));
    expect(await rotated.open(before.bytes, owner)).toEqual(secret);
    expect((await rotated.seal(secret, owner)).keyId).toBe('new');
  });

  it('a value whose key is gone does not open', async () => {
    const sealed = await createSealer(parseSealingKeys(keyText('one'))).seal(secret, owner);
    await expect(createSealer(parseSealingKeys(keyText('one'))).open(sealed.bytes, owner)).rejects.toThrow();
  });
});

describe('sealing keys', () => {
  it.each([
    ['nonsense', 'key 1 must be id:base64'],
    [`a:${randomBytes(16).toString('base64')}`, 'key 1 must be 32 bytes in base64, it is 16'],
    [`${keyText('a')},${keyText('a')}`, 'every key needs a unique id'],
  ])('a malformed list is refused without showing a key', (text, message) => {
    expect(() => parseSealingKeys(text)).toThrow(message);
  });
});
