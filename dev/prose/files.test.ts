import { describe, expect, it } from 'vitest';
import { piecesOf } from './files.ts';

const textsOf = (file: string, source: string) =>
  piecesOf(file, source).map(({ line, text }) => `${line}: ${text.replaceAll(/\s+/g, ' ').trim()}`);

describe('scripts', () => {
  const source = [
    '/**',
    ' * A doc comment',
    ' * in two lines.',
    ' */',
    'const whom = 1; // At the end of a line',
    '// A line,',
    '// and another.',
    "const url = 'https://example.com/'; const pattern = /[/*'`]\\/\\/ no/;",
    'const text = `a ${`nested ${whom} /* no */`} // no`;',
  ].join('\n');

  it('reads comments of all kinds, and no code, string or pattern', () => {
    expect(textsOf('sandbox/x.ts', source)).toEqual([
      '1: A doc comment in two lines.',
      '5: At the end of a line',
      '6: A line, and another.',
    ]);
  });

  it('copes with the syntax of TypeScript', () => {
    const typed = 'function f<T extends Map<string, number>>(x: T): x is T { return (x as T)! / 2 > 1; } // The end\n';
    expect(textsOf('sandbox/x.ts', typed)).toEqual(['1: The end']);
  });

  it('refuses a file that it would misread', () => {
    expect(() => piecesOf('sandbox/x.ts', "const open = 'no end\n")).toThrow('line 1 cannot be read');
  });

  it('reads messages in folders that speak to people', () => {
    const message =
      "fail('conflict', `The account ${id} is listed ${n > 1 ? `already` : ''} by now`);\nlog('It was the operator\\'s choice');";
    expect(textsOf('activities/x.ts', message)).toEqual(['1: The account … is listed … by now', "2: It was the operator's choice"]);
    expect(textsOf('sandbox/x.ts', message)).toEqual([]);
    expect(textsOf('activities/x.test.ts', message)).toEqual([]);
  });

  it('skips SQL', () => {
    expect(textsOf('db/x.ts', 'sql`select what from a where b`')).toEqual([]);
    expect(textsOf('worker/x.ts', 'sql`select what from a where b = ${c} and d`')).toEqual([]);
  });

  it('reads all titles of problems, however short', () => {
    expect(textsOf('api/problems/codes.ts', "const titles = { not_found: 'Not found' };")).toEqual(['1: Not found']);
  });

  it('reads the titles of tests in every form', () => {
    const tests = [
      "describe('one', () => {});",
      "it.skip('two', () => {});",
      "it.each([['a'], ('b')])('three', () => {});",
      'test.each`a | b`;',
      'it(`four ${x} five`, () => {});',
      "x.test('no'); it(name, () => f('no'));",
    ].join('\n');
    expect(textsOf('test/x.test.ts', tests)).toEqual(['1: one', '2: two', '3: three', '5: four … five']);
  });
});

it('Markdown: reads headings, paragraphs and tables, and no code block or link target', () => {
  const source = [
    '# A heading',
    '',
    'See [the guide](docs/whom.md "told") and `told`,',
    'then go on.',
    '',
    '```sh',
    'echo told',
    '```',
    '',
    '| code | meaning |',
    '|---|---|',
    '| `a` | one |',
    '',
    '- An item',
  ].join('\n');
  expect(textsOf('README.md', source)).toEqual([
    '1: # A heading',
    '3: See the guide and `told`, then go on.',
    '10: | code | meaning | |---|---| | `a` | one |',
    '14: An item',
  ]);
});

it('YAML: reads comments and descriptions', () => {
  const source = [
    '# A comment',
    '# in two lines',
    'A: # at the end',
    '  Description: >-',
    '    Text',
    '    here',
    '  Name: "# no"',
    'B: [1, # inside',
    '  2]',
  ].join('\n');
  expect(textsOf('templates/x.yaml', source)).toEqual(['1: A comment in two lines', '3: at the end', '4: Text here', '8: inside']);
});

it('OpenAPI: reads summaries, descriptions and titles, and neither examples nor properties of these names', () => {
  const document = {
    info: { title: 'The API', description: 'About it' },
    components: { schemas: { A: { properties: { title: { type: 'string', description: 'Of a problem' } }, example: { title: 'no' } } } },
  };
  expect(textsOf('openapi.json', JSON.stringify(document, undefined, 1))).toEqual(['3: The API', '4: About it', '12: Of a problem']);
});

it('reads nothing in other files', () => {
  expect(textsOf('test/replay/histories/x.json', '{"title":"told"}')).toEqual([]);
});
