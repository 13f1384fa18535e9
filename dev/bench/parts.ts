import { Client, Connection } from '@temporalio/client';
import type { StackInfo } from '../stack/stack.ts';
import { measureFilter, type FilterFigures } from './filter/measure.ts';
import { measureLimits, type LimitFigures } from './limits/measure.ts';
import { measure, type Figures } from './measure.ts';
import type { BenchOptions, Case } from './options.ts';
import { setLatency } from './sandbox.ts';
import { measureBadging, type BadgingFigures } from './upkeep/badging.ts';
import { importForUpkeep } from './upkeep/organization.ts';
import { measurePreviews, type PreviewFigures } from './upkeep/previews.ts';

/** The figures of each part; null for a part that was not measured. */
export interface Results {
  imports: Figures[] | null;
  badging: BadgingFigures | null;
  previews: PreviewFigures[] | null;
  filters: FilterFigures[] | null;
  limits: LimitFigures[] | null;
}

type Say = (line: string) => void;

/** Measures the selected parts, one after the other. `ownerUrl` is the database URL of the owner, who may create databases. */
export async function measureParts(
  stack: StackInfo,
  ownerUrl: string,
  { parts, cases, kept, latencyMs }: BenchOptions,
  say: Say,
): Promise<Results> {
  await setLatency(stack.awsEndpointUrl, latencyMs);
  if (parts.has('filter')) say('the clouds listing by badges …');
  const filters = parts.has('filter') ? await measureFilter(ownerUrl) : null;
  const imports = parts.has('imports') ? await measureImports(stack, cases, say) : null;
  const upkeep = await measureUpkeep(stack, parts, kept, say);
  if (parts.has('limits')) say('reads while another client misbehaves …');
  const limits = parts.has('limits') ? await measureLimits(stack) : null;
  return { imports, ...upkeep, filters, limits };
}

async function measureImports(stack: StackInfo, cases: readonly Case[], say: Say): Promise<Figures[]> {
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const temporal = new Client({ connection, namespace: stack.temporalNamespace });
  const all: Figures[] = [];
  // Warms the worker up, so that the figures do not include Node's compilation.
  await measure(stack, temporal, { accounts: 250, organizationalUnits: 10, way: 'unlimited' });
  for (const one of cases) {
    say(`${one.accounts} accounts, ${one.organizationalUnits} units, ${one.way} …`);
    const figures = await measure(stack, temporal, one);
    say(`  ${(figures.totalMs / 1_000).toFixed(1)} s, ${figures.accountsPerSecond.toFixed(0)} accounts/s`);
    all.push(figures);
  }
  await connection.close();
  return all;
}

async function measureUpkeep(
  stack: StackInfo,
  parts: BenchOptions['parts'],
  size: BenchOptions['kept'],
  say: Say,
): Promise<Pick<Results, 'badging' | 'previews'>> {
  if (!parts.has('badging') && !parts.has('previews')) return { badging: null, previews: null };
  say(`importing ${size.accounts} accounts for badging and previews …`);
  const organization = await importForUpkeep(stack, size);
  try {
    if (parts.has('badging')) say('auto-badging …');
    const badging = parts.has('badging') ? await measureBadging(stack, organization) : null;
    if (parts.has('previews')) say('previews …');
    const previews = parts.has('previews') ? await measurePreviews(stack, organization) : null;
    return { badging, previews };
  } finally {
    organization.administrator.close();
  }
}
