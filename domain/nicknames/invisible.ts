/** Characters that show nothing: format characters, characters that Unicode says to ignore, separators of lines, and blank symbols. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800\u{1D159}]/u;

/**
 * The joiners of emoji: a zero-width joiner between two pictures, and the selector of the colored form after a picture or in
 * a keycap. https://www.unicode.org/reports/tr51/#Emoji_Sequences
 */
const emojiJoiners =
  /(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\uFE0F|(?<=[0-9#*])\uFE0F(?=\u20E3)/gu;

/** True if a character of the text is invisible, except for the joiners inside emoji. */
export function hasInvisible(text: string): boolean {
  return invisible.test(text.replaceAll(emojiJoiners, ''));
}

/** The text without invisible characters, also without the joiners inside emoji. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(new RegExp(invisible, 'gu'), '');
}
