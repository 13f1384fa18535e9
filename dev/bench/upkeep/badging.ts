import postgres from 'postgres';
import { followSync } from '../../demo/sync.ts';
import type { StackInfo } from '../../stack/stack.ts';
import { noBadgingCounts, type BadgingCounts } from '../../../domain/badges/counts.ts';
import { tagFloorOf, type Floor } from '../floor.ts';
import { readPeakMemory, resetPeakMemory } from '../processes.ts';
import { callsOf, setRates, type Calls } from '../sandbox.ts';
import type { KeptOrganization } from './organization.ts';
import { countWrites, type Writes } from './writes.ts';

/** The figures of one run of auto-badging, at AWS's published rates with tags in bulk. */
export interface BadgingFigures {
  accounts: number;
  /** Accounts with one changed tag. */
  changed: number;
  totalMs: number;
  /** The floor of one call per account; AWS publishes no rate for the bulk calls. */
  floorByAccount: Floor;
  calls: Calls;
  writes: Writes;
  /** Peak resident memory of the worker in MiB; null if the machine has no /proc. */
  workerPeakMiB: number | null;
}

/** One account in this number has a changed tag. */
const oneOf = 100;

/** Changes a tag of every hundredth account and runs auto-badging. Throws unless exactly these tags became badges. */
export async function measureBadging(stack: StackInfo, organization: KeptOrganization): Promise<BadgingFigures> {
  const { id, api, accounts } = organization;
  const value = `bench-${Date.now()}`;
  const changed = await changeTags(stack, organization, value);
  const worker = stack.pids['worker']!;
  const sql = postgres(stack.databaseUrl, { max: 1 });
  try {
    let totalMs = 0;
    let runId = '';
    let calls: Calls = {};
    resetPeakMemory(worker);
    const writes = await countWrites(sql, async () => {
      calls = await callsOf(stack.awsEndpointUrl, async () => {
        const began = performance.now();
        const run = await api.post<{ id: string }>(`/v1/organizations/${id}/auto-badging/run`, {});
        await followSync(api, run.id, () => {});
        totalMs = performance.now() - began;
        runId = run.id;
      });
    });
    const workerPeakMiB = readPeakMemory(worker);
    await expectBadges(sql, runId, { ...noBadgingCounts, clouds: accounts.length, updated: changed });
    const { total } = await api.get<{ total: number }>(`/v1/clouds?badge=team:${value}&limit=1`);
    if (total !== changed) throw new Error(`${total} clouds have the new badge, not ${changed}`);
    return { accounts: accounts.length, changed, totalMs, floorByAccount: tagFloorOf(accounts.length), calls, writes, workerPeakMiB };
  } finally {
    await sql.end();
  }
}

/** Changes the tags without rates, which would allow four calls a second, and applies the rates again afterwards. */
async function changeTags(stack: StackInfo, { accounts, administrator }: KeptOrganization, team: string): Promise<number> {
  await setRates(stack.awsEndpointUrl, 'off');
  const chosen = accounts.filter((_, index) => index % oneOf === 0);
  for (const { Id } of chosen) await administrator.tag(Id!, { team });
  await setRates(stack.awsEndpointUrl, 'aws');
  return chosen.length;
}

async function expectBadges(sql: postgres.Sql, runId: string, expected: BadgingCounts): Promise<void> {
  const [run] = await sql<{ counts: BadgingCounts }[]>`select badging_counts as counts from syncs where id = ${runId}`;
  for (const [name, number] of Object.entries(expected)) {
    const made = run?.counts[name as keyof BadgingCounts];
    if (made !== number) throw new Error(`auto-badging counts ${made} as ${name}, not ${number}`);
  }
}
