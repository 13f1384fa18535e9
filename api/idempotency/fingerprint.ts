import { createHmac, hkdfSync } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { SealingKey, SealingKeys } from '../../config/sealing-keys.ts';

/** The part of a create call that a repeat must have in common with it. */
export interface FingerprintedCall {
  method: string;
  path: string;
  /** The validated body. The order of fields does not matter. */
  body: unknown;
}

/** The fingerprint of a call, and the id of the sealing key from whose derived key it is made. */
export interface Fingerprint {
  value: string;
  keyId: string;
}

/**
 * Makes fingerprints of create calls: HMAC-SHA-256 by a key that is derived from a sealing key. Bodies hold external ids and
 * access keys, and a plain hash would let a reader of the database test guesses of them.
 */
export interface Fingerprints {
  /** The fingerprint by the current key. */
  of(call: FingerprintedCall): Fingerprint;
  /** The fingerprint by the named key, to compare a repeat after a rotation. Null if this process lacks the key. */
  by(keyId: string, call: FingerprintedCall): string | null;
}

export function createFingerprints(keys: SealingKeys): Fingerprints {
  const derived = new Map(keys.all.map((key) => [key.id, derive(key)]));
  return {
    of: (call) => ({ value: sign(derived.get(keys.current.id)!, call), keyId: keys.current.id }),
    by(keyId, call) {
      const key = derived.get(keyId);
      return key ? sign(key, call) : null;
    },
  };
}

function derive({ bytes }: SealingKey): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), 'muster idempotency fingerprint v1', 32));
}

function sign(key: Buffer, { method, path, body }: FingerprintedCall): string {
  return createHmac('sha256', key)
    .update(canonicalJson([method, path, body]))
    .digest('hex');
}
