import { hkdfSync } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import protocol from '@temporalio/proto';
import type { SealingKey, SealingKeys } from '../config/sealing-keys.ts';
import { createEnvelope } from '../db/sealing/envelope.ts';

/** `decode` writes payloads in clear and reads both forms; `encrypt` writes encrypted payloads and reads both forms. */
export type PayloadCodecMode = 'decode' | 'encrypt';

/** Metadata of an encrypted payload, with the names that Temporal's own samples use. */
const encrypted = 'binary/encrypted';
const keyIdField = 'encryption-key-id';

/** Authenticated with each payload, so that an encrypted value of the database is never taken for one. */
const context = { purpose: 'temporal-payload' };

const payloadType = protocol.temporal.api.common.v1.Payload;

/**
 * Encrypts payloads with the current sealing key, and decrypts those of every key. The key's id is in the metadata. Payloads
 * in clear pass unchanged, so that runs from before the encryption continue. Throws SealingKeyMissing if this process lacks
 * a payload's key.
 */
export function createPayloadCodec(keys: SealingKeys, mode: PayloadCodecMode): PayloadCodec {
  const envelope = createEnvelope({ current: derive(keys.current), all: keys.all.map(derive) });
  const keyId = encode(keys.current.id);

  async function encryptOne(payload: Payload): Promise<Payload> {
    const data = await envelope.encrypt(payloadType.encode(payload).finish(), context);
    return { metadata: { encoding: encode(encrypted), [keyIdField]: keyId }, data };
  }

  async function decryptOne(payload: Payload): Promise<Payload> {
    const encoding = payload.metadata?.['encoding'];
    if (!encoding || decode(encoding) !== encrypted) return payload;
    const { plaintext, context: found } = await envelope.decrypt(payload.data ?? new Uint8Array());
    if (found['purpose'] !== context.purpose) throw new Error('The encrypted value is not a payload of Temporal');
    const { metadata, data } = payloadType.decode(plaintext);
    // The decoder gives an empty list, not bytes, where there are none.
    return { metadata, data: data.length === 0 ? new Uint8Array() : data };
  }

  return {
    encode: async (payloads) => (mode === 'encrypt' ? await Promise.all(payloads.map(encryptOne)) : payloads),
    decode: (payloads) => Promise.all(payloads.map(decryptOne)),
  };
}

/** A key of its own for payloads, whose number is far greater than that of the secrets in the database. */
function derive({ id, bytes }: SealingKey): SealingKey {
  return { id, bytes: new Uint8Array(hkdfSync('sha256', bytes, new Uint8Array(), 'muster temporal payloads v1', 32)) };
}
