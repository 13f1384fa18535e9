import { withoutInvisible } from './invisible.ts';

/** The maximum length of a nickname, in characters. */
export const maxNicknameLength = 100;

/**
 * The form in which nicknames are compared, so that nicknames that look the same are equal: Unicode NFKC, lower case,
 * collapsed white space, no invisible characters.
 */
export function normalizeNickname(nickname: string): string {
  return withoutInvisible(nickname.normalize('NFKC')).trim().replace(/\s+/gu, ' ').toLowerCase();
}
