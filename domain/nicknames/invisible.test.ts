import { describe, expect, it } from 'vitest';
import { hasInvisible } from './invisible.ts';
import { normalizeNickname } from './normalize.ts';

const code = (text: string) => [...text].map((character) => character.codePointAt(0)!.toString(16)).join(' ');

describe('B7: invisible characters in names', () => {
  it.each([
    ['zero-width space', 'pro\u200Bduction'],
    ['zero-width joiner between letters', 'pro\u200Dduction'],
    ['zero-width non-joiner', 'pro\u200Cduction'],
    ['word joiner', 'pro\u2060duction'],
    ['byte order mark', 'pro\uFEFFduction'],
    ['soft hyphen', 'pro\u00ADduction'],
    ['right-to-left override', '\u202Enoitcudorp'],
    ['isolate', '\u2066production\u2069'],
    ['Arabic letter mark', 'production\u061C'],
    ['combining grapheme joiner', 'pro\u034Fduction'],
    ['Hangul filler', 'production\u3164'],
    ['half-width Hangul filler', 'production\uFFA0'],
    ['Braille blank', 'production\u2800'],
    ['line separator', 'pro\u2028duction'],
    ['variation selector after a letter', 'production\uFE0F'],
    ['variation selector 17', 'production\u{E0100}'],
    ['tag character', 'production\u{E0041}'],
    ['keycap selector without the keycap', 'production 1\uFE0F'],
    ['joiner at the end of an emoji', 'production 👩\u200D'],
    ['two joiners', '👩\u200D\u200D💻'],
    ['joiner from emoji to letter', '👩\u200Da'],
  ])('%s is found', (_name, text) => {
    expect(hasInvisible(text)).toBe(true);
  });

  it.each(['production', 'Zürich – Größe', '日本語', 'עברית', 'हिन्दी', '👩‍💻', '👨‍👩‍👧‍👦', '🏃🏽‍♀️', '🏳️‍🌈', '❤️', '1️⃣', '🇨🇭', '👍🏽', 'a\u0301'])(
    '%s is fine',
    (text) => {
      expect(hasInvisible(text), code(text)).toBe(false);
    },
  );

  it('names that differ only in invisible characters or in their Unicode form are the same nickname', () => {
    for (const twin of ['pro\u200Bduction', 'PRODUCTION\u{E0100}', 'ｐｒｏｄｕｃｔｉｏｎ', ' production\u00A0'])
      expect(normalizeNickname(twin)).toBe('production');
    expect(normalizeNickname('❤\uFE0F')).toBe(normalizeNickname('❤'));
    expect(normalizeNickname('cafe\u0301')).toBe(normalizeNickname('café'));
  });
});
