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
import type { SealingKey, SealingKeys } from '../../config/sealing-keys.ts';

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

/** Encrypts bytes with the current key and decrypts them with any key, by the AWS Encryption SDK with key commitment. */
export interface Envelope {
  /** The context is authenticated, not secret. */
  encrypt(plaintext: Uint8Array, context: Record<string, string>): Promise<Buffer>;
  /** Throws SealingKeyMissing if no key fits, and another error if the bytes were changed. Returns the context of `encrypt`. */
  decrypt(bytes: Uint8Array): Promise<{ plaintext: Buffer; context: Readonly<Record<string, string>> }>;
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

/** Creates the envelope of these keys. */
export function createEnvelope(keys: SealingKeys): Envelope {
  const sealing = keyringOf(keys.current);
  const opening = new OpeningKeyring(keys.all);
  return {
    async encrypt(plaintext, encryptionContext) {
      const { result } = await encrypt(sealing, plaintext, {
        // No ECDSA signature, because writers and readers are the same program.
        suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY,
        encryptionContext,
      });
      return result;
    },
    async decrypt(bytes) {
      const { plaintext, messageHeader } = await decrypt(opening, bytes);
      return { plaintext, context: messageHeader.encryptionContext };
    },
  };
}
