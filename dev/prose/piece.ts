/** Text for people in one file: a comment, a paragraph, a message, a title. */
export interface Piece {
  kind: 'comment' | 'description' | 'message' | 'paragraph' | 'test title';
  /** Line of the first character, counted from 1. Each line break in `text` is one in the file. */
  line: number;
  text: string;
}

/** Stands for a value in a template literal, and for hidden text. */
export const mark = '…';

/** Replaces code in backticks and quotations in double quotes. Keeps line breaks, so that lines still count. */
export function hideQuoted(text: string): string {
  return text
    .replaceAll(/`[^`]+`/g, (code) => mark + '\n'.repeat(code.split('\n').length - 1))
    .replaceAll(/"[^"\n]{1,200}"|“[^”\n]{1,200}”/g, mark);
}
