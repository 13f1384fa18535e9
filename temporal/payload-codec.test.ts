import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { describe, expect, it } from 'vitest';
import { parseSealingKeys } from '../config/sealing-keys.ts';
import { createSealer } from '../db/sealing/sealer.ts';
import { createPayloadCodec } from './payload-codec.ts';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [k1, k2] = [key('k1'), key('k2')];
const codec = (keys: string, mode: 'decode' | 'encrypt' = 'encrypt') => createPayloadCodec(parseSealingKeys(keys), mode);
const clear: Payload[] = [{ nickname: 'Payments' }, 'ü', null, undefined, new Uint8Array([0, 255]), new Uint8Array()].map((value) =>
  defaultPayloadConverter.toPayload(value),
);
const bytes = (payloads: Payload[]): string => Buffer.concat(payloads.map(({ data }) => data ?? Buffer.alloc(0))).toString('latin1');

describe('the payload codec', () => {
  it('encrypts every payload and its metadata, and shows the id of the key', async () => {
    const encrypted = await codec(k1).encode(clear);
    expect(encrypted).toHaveLength(clear.length);
    for (const { metadata } of encrypted) {
      const shown = Object.fromEntries(Object.entries(metadata!).map(([name, value]) => [name, decode(value)]));
      expect(shown).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'k1' });
    }
    expect(bytes(encrypted)).not.toMatch(/Payments|nickname|json\/plain/);
    const decrypted = await codec(k1).decode(encrypted);
    expect(decrypted.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      { nickname: 'Payments' },
      'ü',
      null,
      undefined,
      new Uint8Array([0, 255]),
      new Uint8Array(),
    ]);
  });

  it('encrypts the same value differently each time', async () => {
    const [first, second] = await codec(k1).encode([clear[0]!, clear[0]!]);
    expect(Buffer.from(first!.data!).equals(Buffer.from(second!.data!))).toBe(false);
  });

  it('by default writes in clear, and reads both forms, so that all processes can read before one encrypts', async () => {
    const careful = codec(k1, 'decode');
    expect(await careful.encode(clear)).toEqual(clear);
    expect(await careful.decode(clear)).toEqual(clear);
    const mixed = [...(await codec(k1).encode(clear.slice(0, 1))), ...clear.slice(1, 2)];
    expect((await careful.decode(mixed)).map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      { nickname: 'Payments' },
      'ü',
    ]);
  });

  it('a rotation: the new key encrypts, and the old one still decrypts', async () => {
    const old = await codec(k1).encode(clear);
    const rotated = codec(`${k2},${k1}`);
    expect(bytes(await rotated.decode(old))).toBe(bytes(clear));
    const [fresh] = await rotated.encode(clear);
    expect(decode(fresh!.metadata!['encryption-key-id']!)).toBe('k2');
  });

  it('names the key that a process lacks', async () => {
    await expect(codec(k2).decode(await codec(k1).encode(clear))).rejects.toThrow('the key k1 is missing from its MUSTER_SEALING_KEYS');
  });

  it('refuses a changed payload, a key of the same id with other bytes, and a secret of the database', async () => {
    const [payload] = await codec(k1).encode(clear);
    const changed = Buffer.from(payload!.data!);
    changed[changed.length - 30]! ^= 1;
    await expect(codec(k1).decode([{ ...payload!, data: changed }])).rejects.toThrow();
    await expect(codec(key('k1')).decode([payload!])).rejects.toThrow();
    const sealed = await createSealer(parseSealingKeys(k1)).seal('secret', { table: 'credential_sets', id: 'x' });
    await expect(codec(k1).decode([{ ...payload!, data: sealed.bytes }])).rejects.toThrow();
  });
});
