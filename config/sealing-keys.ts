/** A 256-bit key that encrypts secrets in the database. */
export interface SealingKey {
  id: string;
  bytes: Uint8Array;
}

/** The current key encrypts; every key may decrypt. */
export interface SealingKeys {
  current: SealingKey;
  all: readonly SealingKey[];
}

/**
 * Parses `id:base64[,id:base64…]`, 32 bytes each; the first key is the current one. Throws an error that names a key's
 * position and never its value.
 */
export function parseSealingKeys(text: string): SealingKeys {
  const all = text.split(',').map((entry, index): SealingKey => {
    const match = /^([\w.-]{1,64}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry.trim());
    if (!match) throw new Error(`key ${index + 1} must be id:base64`);
    const bytes = new Uint8Array(Buffer.from(match[2]!, 'base64'));
    if (bytes.length !== 32) throw new Error(`key ${index + 1} must be 32 bytes in base64, it is ${bytes.length}`);
    return { id: match[1]!, bytes };
  });
  if (new Set(all.map((key) => key.id)).size !== all.length) throw new Error('every key needs a unique id');
  return { current: all[0]!, all };
}
