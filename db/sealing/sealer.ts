import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node';
import type { SealedTable } from './columns.ts';
import type { SealingKey, SealingKeys } from './keys.ts';

/** What a sealed value belongs to. A value moved to another row does not open. */
export interface SealedFor {
  table: SealedTable;
  id: string;
}

export interface Sealed {
  bytes: Buffer;
  /** The key that sealed it. */
  keyId: string;
}

/** Seals secrets for the database, and opens them again (D11, O7). */
export interface Sealer {
  seal(secret: unknown, owner: SealedFor): Promise<Sealed>;
  /** Throws when the value was changed, belongs to another row, or no key of ours opens it. */
  open<T>(bytes: Buffer, owner: SealedFor): Promise<T>;
}

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const keyNamespace = 'muster';

function keyringOf(key: SealingKey): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyNamespace,
    keyName: key.id,
    // The keyring keeps the array that it is given, and shared memory of a Buffer's pool is refused.
    unencryptedMasterKey: new Uint8Array(key.bytes),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
}

/** Seals with the first key and opens with any of them, by the AWS Encryption SDK with key commitment. */
export function createSealer(keys: SealingKeys): Sealer {
  const sealing = keyringOf(keys.current);
  const opening = new MultiKeyringNode({ children: keys.all.map(keyringOf) });
  return {
    async seal(secret, owner) {
      const { result } = await encrypt(sealing, Buffer.from(JSON.stringify(secret), 'utf8'), {
        // Key commitment without an ECDSA signature: writers and readers are the same program.
        suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
        encryptionContext: contextOf(owner),
      });
      return { bytes: result, keyId: keys.current.id };
    },
    async open<T>(bytes: Buffer, owner: SealedFor) {
      const { plaintext, messageHeader } = await decrypt(opening, bytes);
      for (const [name, value] of Object.entries(contextOf(owner))) {
        if (messageHeader.encryptionContext[name] !== value) {
          throw new Error(`The sealed value belongs to another row than ${owner.table} ${owner.id}`);
        }
      }
      return JSON.parse(plaintext.toString('utf8')) as T;
    },
  };
}

function contextOf(owner: SealedFor): Record<string, string> {
  return { table: owner.table, id: owner.id };
}
