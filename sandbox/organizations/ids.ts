/** New ids in the shapes of the API model's patterns. */
import { randomBytes } from 'node:crypto';
import type { Organization } from './state.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Lower-case letters and digits. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** The root's part, then eight characters. */
export function newUnitId(organization: Organization, tail: string = randomText(8)): string {
  return `ou-${organization.rootId.slice('r-'.length)}-${tail}`;
}
