import { parseArgs } from 'node:util';

/** Ways to read an organization: at AWS's published rates with tags in bulk or account by account, or without rates. */
export const ways = ['tagging', 'by-account', 'unlimited'] as const;
export type Way = (typeof ways)[number];

/**
 * The measured parts: imports of several sizes, auto-badging and previews of an imported organization, the listing's filter by
 * badges, and reads while another client misbehaves.
 */
export const parts = ['imports', 'badging', 'previews', 'filter', 'limits'] as const;
export type Part = (typeof parts)[number];

/** One measured import. */
export interface Case {
  accounts: number;
  organizationalUnits: number;
  way: Way;
}

export interface BenchOptions {
  parts: ReadonlySet<Part>;
  cases: Case[];
  /** The organization for badging and previews. */
  kept: Pick<Case, 'accounts' | 'organizationalUnits'>;
  /** Milliseconds that the sandbox adds to each answer, as the way to AWS and back. */
  latencyMs: number;
  /** The JSON file for the figures. */
  out: string;
}

/** Units of an organization by size, as in docs/performance.md. Other sizes have one unit per 17 accounts. */
const usualUnits = new Map([
  [127, 20],
  [1_000, 60],
  [10_000, 600],
  [50_000, 2_000],
]);

/** Above this size reading tags account by account takes long: 17 minutes for 10,000 accounts at AWS's rates. */
const maxByAccount = 1_000;

export const usage = `npm run bench -- [options]
  --parts ${parts.join(',')}
                           the parts to measure; all by default
  --sizes 127,1000,10000   imports: numbers of accounts, one organization each
  --only ${ways.join(',')}
                           at AWS's published rates with tags in bulk or account by account, or without rates.
                           Skips account by account above ${maxByAccount} accounts unless this option names it.
  --kept 10000             badging, previews: number of accounts of the organization
  --latency 40             milliseconds that each call to AWS takes longer, as over a network
  --out FILE               the figures as JSON (dev/bench/results.json)`;

/** Reads the command line. Throws an error that names the fault. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      parts: { type: 'string', default: parts.join(',') },
      sizes: { type: 'string', default: '127,1000,10000' },
      kept: { type: 'string', default: '10000' },
      only: { type: 'string' },
      latency: { type: 'string', default: '40' },
      out: { type: 'string', default: 'dev/bench/results.json' },
    },
  });
  const chosen = values.only?.split(',').map((text) => readName('--only', ways, text)) ?? ways;
  const cases = values.sizes
    .split(',')
    .map((text) => readSize('--sizes', text))
    .flatMap((accounts) => chosen.map((way) => ({ accounts, organizationalUnits: unitsOf(accounts), way })))
    .filter(({ accounts, way }) => values.only !== undefined || way !== 'by-account' || accounts <= maxByAccount);
  const accounts = readSize('--kept', values.kept);
  return {
    parts: new Set(values.parts.split(',').map((text) => readName('--parts', parts, text))),
    cases,
    kept: { accounts, organizationalUnits: unitsOf(accounts) },
    latencyMs: readLatency(values.latency),
    out: values.out,
  };
}

function readSize(option: string, text: string): number {
  const accounts = Number(text);
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > 50_000)
    throw new Error(`${option}: ${text} is not a number from 1 to 50000`);
  return accounts;
}

function readLatency(text: string): number {
  const latencyMs = Number(text);
  if (text === '' || !Number.isInteger(latencyMs) || latencyMs < 0 || latencyMs > 1_000)
    throw new Error(`--latency: ${text} is not a number from 0 to 1000`);
  return latencyMs;
}

function readName<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((known) => known === text);
  if (!name) throw new Error(`${option}: ${text} is not one of ${names.join(', ')}`);
  return name;
}

function unitsOf(accounts: number): number {
  return usualUnits.get(accounts) ?? Math.min(2_000, Math.ceil(accounts / 17));
}
