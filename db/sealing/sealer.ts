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

/** The row that a sealed value belongs to. A value that was copied to another row does not open. */
export interface SealedFor {
  table: SealedTable;
  id: string;
}

export interface Sealed {
  bytes: Buffer;
  /** The key that sealed it. */
  keyId: string;
}

/** Encrypts secrets for the database and decrypts them (D11, O7). */
export interface Sealer {
  seal(secret: unknown, owner: SealedFor): Promise<Sealed>;
  /** Throws SealingKeyMissing if this process lacks the value's key, and another error if the value was changed or copied from another row. */
  open<T>(bytes: Buffer, owner: SealedFor): Promise<T>;
}

/** This process lacks the key of a value, for example a new key in the middle of a rotation. */
export class SealingKeyMissing extends Error {
  override name = 'SealingKeyMissing';

  constructor(keyIds: readonly string[]) {
    super(
      `This process cannot decrypt a value: the key ${keyIds.join(', ')} is missing from its MUSTER_SEALING_KEYS. ` +
        'Add the key to every API and worker process, and restart them.',
    );
  }
}

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const keyNamespace = 'muster';

function keyringOf(key: SealingKey): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyNamespace,
    keyName: key.id,
    // The keyring keeps the array and refuses a Buffer's shared memory, so it gets a copy.
    unencryptedMasterKey: new Uint8Array(key.bytes),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting: true,
  });
}

/** Length of the part after the key's id in a data key of the AES keyring: lengths of tag and nonce, then the nonce. */
const keyInfoBytes = 4 + 4 + 12;

function keyIdOf({ rawInfo }: EncryptedDataKey): string {
  return Buffer.from(rawInfo!).subarray(0, -keyInfoBytes).toString('utf8');
}

/** Opens with any of the keys. Unlike the SDK's keyrings, it distinguishes a missing key from a changed value. */
class OpeningKeyring extends KeyringNode {
  private readonly ids: ReadonlySet<string>;
  private readonly keyrings: MultiKeyringNode;

  constructor(keys: readonly SealingKey[]) {
    super();
    this.ids = new Set(keys.map(({ id }) => id));
    this.keyrings = new MultiKeyringNode({ children: keys.map(keyringOf) });
  }

  override _onEncrypt: KeyringNode['_onEncrypt'] = async () => {
    throw new Error('This keyring only decrypts');
  };

  override _onDecrypt: KeyringNode['_onDecrypt'] = async (material, dataKeys) => {
    const sealedBy = dataKeys.map(keyIdOf);
    if (!sealedBy.some((id) => this.ids.has(id))) throw new SealingKeyMissing(sealedBy);
    return await this.keyrings.onDecrypt(material, dataKeys);
  };
}

/** Seals with the current key and opens with any key, using the AWS Encryption SDK with key commitment. */
export function createSealer(keys: SealingKeys): Sealer {
  const sealing = keyringOf(keys.current);
  const opening = new OpeningKeyring(keys.all);
  return {
    async seal(secret, owner) {
      const { result } = await encrypt(sealing, Buffer.from(JSON.stringify(secret), 'utf8'), {
        // No ECDSA signature, because writers and readers are the same program.
        suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
        encryptionContext: contextOf(owner),
      });
      return { bytes: result, keyId: keys.current.id };
    },
    async open<T>(bytes: Buffer, owner: SealedFor) {
      const { plaintext, messageHeader } = await decrypt(opening, bytes);
      for (const [name, value] of Object.entries(contextOf(owner))) {
        if (messageHeader.encryptionContext[name] !== value) {
          throw new Error(`The encrypted value belongs to another row, not to ${owner.table} ${owner.id}`);
        }
      }
      return JSON.parse(plaintext.toString('utf8')) as T;
    },
  };
}

function contextOf(owner: SealedFor): Record<string, string> {
  return { table: owner.table, id: owner.id };
}
