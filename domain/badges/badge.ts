/** Where a badge comes from (B8). */
export type BadgeSource = 'system' | 'tag' | 'person';

/** The longest key and value of a badge, in characters: AWS's limits for a tag, so that every tag can become a badge. */
export const maxBadgeKeyLength = 128;
export const maxBadgeValueLength = 256;

/** True for keys that belong to the system: neither people nor auto-badging touch those (B3). */
export function isReservedBadgeKey(key: string): boolean {
  return key.startsWith('system.') || key === 'cloud_org_path';
}

export interface BadgeFilter {
  key: string;
  value: string;
}

/**
 * Reads a filter of the form `key:value`. The first unescaped colon parts the two; a colon inside the key is written
 * `\:` and a backslash `\\`. The value is taken as it stands. Null when there is no parting colon or no key.
 */
export function parseBadgeFilter(text: string): BadgeFilter | null {
  let key = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    const next = text[index + 1];
    if (character === '\\' && (next === ':' || next === '\\')) {
      key += next;
      index += 1;
    } else if (character === ':') {
      return key === '' ? null : { key, value: text.slice(index + 1) };
    } else {
      key += character;
    }
  }
  return null;
}
