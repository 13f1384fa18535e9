import {
  AlgorithmSuiteIdentifier,
  buildClient,
  CommitmentPolicy,
  KeyringNode,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  type EncryptedDataKey,
} from '@aws-crypto/client-node';
import type { SealedTable } from './columns.ts';
import type { SealingKey, SealingKeys } from '../../config/sealing-keys.ts';

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
  /** Throws SealingKeyMissing for a value of a key that is not ours, and otherwise when it was changed or belongs to another row. */
  open<T>(bytes: Buffer, owner: SealedFor): Promise<T>;
}

/** A value that was sealed with a key that this process was not given, such as one that came with a rotation. */
export class SealingKeyMissing extends Error {
  override name = 'SealingKeyMissing';

  constructor(keyIds: readonly string[]) {
    super(
      `What is sealed with the key ${keyIds.join(', ')} does not open here: this process's MUSTER_SEALING_KEYS has no such key. ` +
        'Give it to every API and worker, and restart them.',
    );
  }
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

/** What follows the key's id in the AES keyring's data keys: the lengths of tag and nonce, and the nonce. */
const keyInfoBytes = 4 + 4 + 12;

function keyIdOf({ rawInfo }: EncryptedDataKey): string {
  return Buffer.from(rawInfo!).subarray(0, -keyInfoBytes).toString('utf8');
}

/** Opens with any of the keys, and tells the value of another key from one that was changed, which the SDK does not. */
class OpeningKeyring extends KeyringNode {
  private readonly ids: ReadonlySet<string>;
  private readonly keyrings: MultiKeyringNode;

  constructor(keys: readonly SealingKey[]) {
    super();
    this.ids = new Set(keys.map(({ id }) => id));
    this.keyrings = new MultiKeyringNode({ children: keys.map(keyringOf) });
  }

  override _onEncrypt: KeyringNode['_onEncrypt'] = async () => {
    throw new Error('This keyring only opens');
  };

  override _onDecrypt: KeyringNode['_onDecrypt'] = async (material, dataKeys) => {
    const sealedBy = dataKeys.map(keyIdOf);
    if (!sealedBy.some((id) => this.ids.has(id))) throw new SealingKeyMissing(sealedBy);
    return await this.keyrings.onDecrypt(material, dataKeys);
  };
}

/** Seals with the first key and opens with any of them, by the AWS Encryption SDK with key commitment. */
export function createSealer(keys: SealingKeys): Sealer {
  const sealing = keyringOf(keys.current);
  const opening = new OpeningKeyring(keys.all);
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
