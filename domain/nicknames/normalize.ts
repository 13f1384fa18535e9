/** The longest nickname, in characters. */
export const maxNicknameLength = 100;

/**
 * The form under which nicknames are compared: two that a person would read as the same are the same
 * (Unicode NFKC, case folded, white space collapsed).
 */
export function normalizeNickname(nickname: string): string {
  return nickname.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
}
