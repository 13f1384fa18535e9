import { expect, it } from 'vitest';
import { readOptions } from './options.ts';

const casesOf = (...args: string[]) => readOptions(args).cases.map(({ accounts, way }) => `${accounts} ${way}`);

it('skips slow imports account by account, unless an option selects them', () => {
  expect(casesOf('--sizes', '1000,10000')).toEqual([
    '1000 tagging',
    '1000 by-account',
    '1000 unlimited',
    '10000 tagging',
    '10000 unlimited',
  ]);
  expect(casesOf('--sizes', '10000', '--only', 'by-account')).toEqual(['10000 by-account']);
});

it('measures everything, or the selected parts, with an organization of the given size', () => {
  expect([...readOptions([]).parts]).toEqual(['imports', 'badging', 'previews', 'filter', 'limits']);
  const { parts, kept } = readOptions(['--parts', 'previews,filter', '--kept', '1000']);
  expect([[...parts], kept]).toEqual([['previews', 'filter'], { accounts: 1_000, organizationalUnits: 60 }]);
});

it('E1: calls take 40 ms longer, as over a network, unless an option says otherwise', () => {
  expect(readOptions([]).latencyMs).toBe(40);
  expect(readOptions(['--latency', '0']).latencyMs).toBe(0);
});

it.each([
  ['--parts', 'import'],
  ['--kept', '0.5'],
  ['--sizes', '0'],
  ['--sizes', '50001'],
  ['--only', 'fast'],
  ['--latency', '1001'],
  ['--latency', 'slow'],
])('refuses %s %s and names the fault', (...args) => {
  expect(() => readOptions(args)).toThrow(args[1]);
});
