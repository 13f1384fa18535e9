import type { Piece } from './piece.ts';

export interface Sentence {
  /** One line, single spaces. */
  text: string;
  /** Line of its first character in the file. */
  line: number;
}

// A sentence ends with its punctuation, at an empty line, before a list item, or at the edge of a table cell.
const ends = /[.!?]["”)\]*]*(?=\s)|:(?=\s+\p{Lu})|\n\s*(?=\n)|\n\s*(?=(?:[-*+]|\d+\.)\s)|\|/gu;
const notEnds = /\b(e\.g|i\.e|etc|vs|cf)\.$/;
const leads = /^(?:[\s>|#*_("“[-]|\d+\.\s)+(?=[\p{L}`…])/u;
// Test titles begin with the ids of their requirements: "S5, D11: ...".
const requirementIds = /^(?:[A-Z]+\d+[a-z]?(?:, | and )?)+: /;

/** The sentences of a text, each with its line. */
export function sentencesOf(piece: Piece): Sentence[] {
  const body = piece.kind === 'test title' ? piece.text.replace(requirementIds, '') : piece.text;
  const sentences: Sentence[] = [];
  let start = 0;
  const take = (end: number): void => {
    const raw = body.slice(start, end);
    const lead = leads.exec(raw)?.[0] ?? '';
    const text = raw
      .slice(lead.length)
      .replaceAll(/\s+/g, ' ')
      .replace(/[ |]+$/, '');
    const line = piece.line + body.slice(0, start + lead.length).split('\n').length - 1;
    if (/\p{L}/u.test(text)) sentences.push({ text, line });
    start = end;
  };
  for (const match of body.matchAll(ends)) {
    const end = match.index + match[0].length;
    if (!notEnds.test(body.slice(start, end))) take(end);
  }
  take(body.length);
  return sentences;
}
