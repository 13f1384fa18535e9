/** A 256-bit key that seals secrets in the database. */
export interface SealingKey {
  id: string;
  bytes: Uint8Array;
}

/** Every key that may open a secret; the first one seals new ones. */
export interface SealingKeys {
  current: SealingKey;
  all: readonly SealingKey[];
}

/**
 * Reads `id:base64[,id:base64…]`, each key 32 bytes. Throws with a message that names positions and never a key.
 */
export function parseSealingKeys(text: string): SealingKeys {
  const all = text.split(',').map((entry, index): SealingKey => {
    const match = /^([\w.-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry.trim());
    if (!match) throw new Error(`key ${index + 1} must read id:base64`);
    const bytes = new Uint8Array(Buffer.from(match[2]!, 'base64'));
    if (bytes.length !== 32) throw new Error(`key ${index + 1} must be 32 bytes in base64, it is ${bytes.length}`);
    return { id: match[1]!, bytes };
  });
  if (new Set(all.map((key) => key.id)).size !== all.length) throw new Error('every key needs an id of its own');
  return { current: all[0]!, all };
}
