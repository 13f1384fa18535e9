import { parseArgs } from 'node:util';

/** How an organization is read: at AWS's published rates with tags in bulk or account by account, or with no rates at all. */
export const ways = ['tagging', 'by-account', 'unlimited'] as const;
export type Way = (typeof ways)[number];

/**
 * What is measured: imports of several sizes; one organization that is in, by auto-badging and previews; the listing's
 * filter by badges.
 */
export const parts = ['imports', 'badging', 'previews', 'filter'] as const;
export type Part = (typeof parts)[number];

/** One import that is measured. */
export interface Case {
  accounts: number;
  organizationalUnits: number;
  way: Way;
}

export interface BenchOptions {
  parts: ReadonlySet<Part>;
  cases: Case[];
  /** The organization that badging and previews are measured with. */
  kept: Pick<Case, 'accounts' | 'organizationalUnits'>;
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
  --parts ${parts.join(',')}
                           what to measure: all of it unless named here
  --sizes 127,1000,10000   imports: how many accounts, each size an organization of its own
  --only ${ways.join(',')}
                           tags in bulk, or account by account, at AWS's published rates; or without any rates.
                           Account by account is left out above ${mostByAccount} accounts unless it is named here.
  --kept 10000             badging, previews: how many accounts the organization has
  --out FILE               the figures as JSON (dev/bench/results.json)`;

/** Reads the command line. Throws, with a sentence, on what is not understood. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      parts: { type: 'string', default: parts.join(',') },
      sizes: { type: 'string', default: '127,1000,10000' },
      kept: { type: 'string', default: '10000' },
      only: { type: 'string' },
      out: { type: 'string', default: 'dev/bench/results.json' },
    },
  });
  const chosen = values.only?.split(',').map((text) => readName('--only', ways, text)) ?? ways;
  const cases = values.sizes
    .split(',')
    .map((text) => readSize('--sizes', text))
    .flatMap((accounts) => chosen.map((way) => ({ accounts, organizationalUnits: unitsOf(accounts), way })))
    .filter(({ accounts, way }) => values.only !== undefined || way !== 'by-account' || accounts <= mostByAccount);
  const accounts = readSize('--kept', values.kept);
  return {
    parts: new Set(values.parts.split(',').map((text) => readName('--parts', parts, text))),
    cases,
    kept: { accounts, organizationalUnits: unitsOf(accounts) },
    out: values.out,
  };
}

function readSize(option: string, text: string): number {
  const accounts = Number(text);
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > 50_000) throw new Error(`${option}: ${text} is no number from 1 to 50000`);
  return accounts;
}

function readName<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((known) => known === text);
  if (!name) throw new Error(`${option}: ${text} is none of ${names.join(', ')}`);
  return name;
}

function unitsOf(accounts: number): number {
  return usualUnits.get(accounts) ?? Math.min(2_000, Math.ceil(accounts / 17));
}
