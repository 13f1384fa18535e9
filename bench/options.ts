import { parseArgs } from 'node:util';

/** How an organization is read: at AWS's published rates with tags in bulk or account by account, or with no rates at all. */
export const ways = ['tagging', 'by-account', 'unlimited'] as const;
export type Way = (typeof ways)[number];

/** One import that is measured. */
export interface Case {
  accounts: number;
  organizationalUnits: number;
  way: Way;
}

export interface BenchOptions {
  cases: Case[];
  /** Where the figures go as JSON. */
  out: string;
}

/** Units of an organization of that size, as in the arithmetic of the README; others have one for 17 accounts. */
const usualUnits = new Map([
  [127, 20],
  [1_000, 60],
  [10_000, 600],
  [50_000, 2_000],
]);

/** By AWS's rates 10,000 accounts take 17 minutes when each is asked for its tags: only on request. */
const mostByAccount = 1_000;

export const usage = `npm run bench -- [options]
  --sizes 127,1000,10000   how many accounts, each size an organization of its own
  --only ${ways.join(',')}
                           tags in bulk, or account by account, at AWS's published rates; or without any rates.
                           Account by account is left out above ${mostByAccount} accounts unless it is named here.
  --out FILE               the figures as JSON (bench/results.json)`;

/** Reads the command line. Throws, with a sentence, on what is not understood. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '127,1000,10000' },
      only: { type: 'string' },
      out: { type: 'string', default: 'bench/results.json' },
    },
  });
  const chosen = values.only?.split(',').map(readWay) ?? ways;
  const cases = values.sizes
    .split(',')
    .map(readSize)
    .flatMap((accounts) => chosen.map((way) => ({ accounts, organizationalUnits: unitsOf(accounts), way })))
    .filter(({ accounts, way }) => values.only !== undefined || way !== 'by-account' || accounts <= mostByAccount);
  return { cases, out: values.out };
}

function readSize(text: string): number {
  const accounts = Number(text);
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > 50_000) throw new Error(`--sizes: ${text} is no number from 1 to 50000`);
  return accounts;
}

function readWay(text: string): Way {
  const way = ways.find((known) => known === text);
  if (!way) throw new Error(`--only: ${text} is none of ${ways.join(', ')}`);
  return way;
}

function unitsOf(accounts: number): number {
  return usualUnits.get(accounts) ?? Math.min(2_000, Math.ceil(accounts / 17));
}
