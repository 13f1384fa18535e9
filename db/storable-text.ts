/**
 * True for text that Postgres stores unchanged. Postgres has no null character. It also has no half of a surrogate pair,
 * which JSON can express (`"\ud800"`): jsonb refuses it, and a text column stores another character instead.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}
