/**
 * True for text that Postgres keeps as it was given. It has no null character; half a surrogate pair, which JSON can
 * write (`"\ud800"`), is no character at all: jsonb refuses it, and a text column would hold another one in its place.
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}
