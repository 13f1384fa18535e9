import type { SealingKeys } from '../../config/sealing-keys.ts';
import type { SealedTable } from './columns.ts';
import { createEnvelope } from './envelope.ts';

export { SealingKeyMissing } from './envelope.ts';

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

/** Seals with the current key and opens with any key. */
export function createSealer(keys: SealingKeys): Sealer {
  const envelope = createEnvelope(keys);
  return {
    async seal(secret, owner) {
      const bytes = await envelope.encrypt(Buffer.from(JSON.stringify(secret), 'utf8'), contextOf(owner));
      return { bytes, keyId: keys.current.id };
    },
    async open<T>(bytes: Buffer, owner: SealedFor) {
      const { plaintext, context } = await envelope.decrypt(bytes);
      for (const [name, value] of Object.entries(contextOf(owner))) {
        if (context[name] !== value) {
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
