import { expect, it } from 'vitest';
import { findingsIn } from './findings.ts';
import { avoidedWords } from './words.ts';

const wordsIn = (text: string) => findingsIn({ kind: 'comment', line: 1, text }).map(({ word }) => word);

it.each(avoidedWords)('finds the avoided word in "$example"', ({ pattern, example, instead }) => {
  expect(wordsIn(example)).toEqual([pattern.exec(example)![0]]);
  expect(instead).not.toBe('');
});

it('finds a word in the middle of a text, at its line', () => {
  const text = 'The run ends.\nThe row\nnames whom it concerns. What\nremains is skipped.';
  expect(findingsIn({ kind: 'paragraph', line: 10, text })).toMatchObject([
    { line: 11, word: 'whom', sentence: 'The row names whom it concerns.' },
    { line: 12, word: 'What', sentence: 'What remains is skipped.' },
  ]);
});

it('finds first words behind a colon, in a list and in a table', () => {
  expect(wordsIn('409: What it conflicts with')).toEqual(['What']);
  expect(wordsIn('Two limits apply\n\n- Who asks\n- Of these, one')).toEqual(['Who', 'Of']);
  expect(wordsIn('| code | What happened |')).toEqual(['What']);
});

it('does not mistake a word inside a sentence for a first one', () => {
  expect(wordsIn('It logs what failed, and who asked, e.g. What-If of the caller.')).toEqual([]);
});

it('skips code and quotations, but not the text between them', () => {
  expect(wordsIn('The column `told` and the field `whom`')).toEqual([]);
  expect(wordsIn('AWS answers "Nobody may do this" here')).toEqual([]);
  expect(wordsIn('`one` tells `two`, "three" tells "four"')).toEqual(['tells']);
});

it('reads a test title behind the ids of its requirements, as a sentence', () => {
  const title = (text: string) => findingsIn({ kind: 'test title', line: 1, text }).map(({ word }) => word);
  expect(title('S5, D11: what fails is logged')).toEqual(['What']);
  expect(title('S5: the worker logs what fails')).toEqual([]);
});
