/** The source of a badge (B8). */
export type BadgeSource = 'system' | 'tag' | 'person';

/** The maximum lengths of a badge's key and value, in characters. They are AWS's limits for tags, so every tag can become a badge. */
export const maxBadgeKeyLength = 128;
export const maxBadgeValueLength = 256;

/**
 * True for keys that are reserved for the system, in capital or small letters, because people take `System.x` for
 * `system.x`. Neither people nor auto-badging can change their badges (B3).
 */
export function isReservedBadgeKey(key: string): boolean {
  return isSystemBadgeKey(key.toLowerCase());
}

/** True for the keys as the system itself writes them. */
export function isSystemBadgeKey(key: string): boolean {
  return key.startsWith('system.') || key === 'cloud_org_path';
}

export interface BadgeFilter {
  key: string;
  value: string;
}

/**
 * Reads a filter of the form `key:value`. The first unescaped colon separates the two. In the key, a colon is written `\:`
 * and a backslash `\\`. The value has no escapes. Null if there is no separating colon or no key.
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
