import { hideQuoted, type Piece } from './piece.ts';
import { sentencesOf } from './sentences.ts';
import { avoidedWords } from './words.ts';

export interface Finding {
  line: number;
  word: string;
  instead: string;
  sentence: string;
}

/** The avoided words in a text, outside code and quotations. */
export function findingsIn(piece: Piece): Finding[] {
  return sentencesOf({ ...piece, text: hideQuoted(piece.text) }).flatMap(({ text, line }, index) => {
    // Titles begin in lower case; the patterns of first words are written for a capital.
    const sentence = piece.kind === 'test title' && index === 0 ? text[0]!.toUpperCase() + text.slice(1) : text;
    return avoidedWords.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(sentence);
      return found ? [{ line, word: found[0], instead, sentence: text }] : [];
    });
  });
}
