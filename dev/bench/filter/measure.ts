import postgres from 'postgres';
import type { ApiDependencies, Call } from '../../../api/context.ts';
import { listClouds } from '../../../api/services/clouds/list.ts';
import { openDatabase, type DatabaseClient } from '../../../db/client.ts';
import { apiDatabaseLimits } from '../../../db/driver/limits.ts';
import { migrateDatabase } from '../../../db/migrations.ts';
import { ensureDatabase, withConnection } from '../../postgres/server.ts';
import type { BadgeFilter } from '../../../domain/badges/badge.ts';
import { organizationBadgeKeys } from '../../../domain/badges/organization-badges.ts';
import { badgesOfEach, clouds, fillClouds, tagOf } from './fill.ts';
import { explain, type Plan, type Statement } from './plan.ts';

/** Duration of one page of the clouds listing and its total, for a filter whose badges a cloud must all have. */
export interface FilterFigures {
  filter: string;
  clouds: number;
  badgesOfEach: number;
  badges: number;
  found: number;
  runs: number;
  minMs: number;
  medianMs: number;
  p95Ms: number;
  /** One per statement: the page, then the count unless the page is the whole result. */
  plans: Plan[];
}

const { organization, nickname, path } = organizationBadgeKeys;
const filters: Record<string, string[]> = {
  'two tags that many have': [tagOf(2), tagOf(3)],
  'three tags': [tagOf(2), tagOf(4), tagOf(6)],
  'four tags': [tagOf(4), tagOf(5), tagOf(6), tagOf(8)],
  'two tags that few have': [tagOf(100), tagOf(200)],
  'organization and tag': [organization, tagOf(4)],
  'organization, path and tag': [organization, path, tagOf(3)],
  'organization, all of it': [organization, nickname],
};
const runs = 50;
const pageSize = 50;

/** Measures the API's own query of the clouds listing, in a separate database on that server. */
export async function measureFilter(databaseUrl: string): Promise<FilterFigures[]> {
  const name = 'bench_filter';
  const target = new URL(databaseUrl);
  target.pathname = `/${name}`;
  await ensureDatabase(databaseUrl, name);
  const sql = postgres(target.href, { max: 2, onnotice: () => {} });
  try {
    await migrateDatabase(target.href);
    await fillClouds(sql);
    return await measureAll(sql, target.href);
  } finally {
    await sql.end();
    await withConnection(databaseUrl, (server) => server`drop database ${server(name)} with (force)`);
  }
}

async function measureAll(sql: postgres.Sql, url: string): Promise<FilterFigures[]> {
  let sent: Statement[] = [];
  const database = openDatabase({
    url,
    applicationName: 'bench',
    poolSize: 2,
    limits: apiDatabaseLimits,
    onStatement: (text, parameters) => void sent.push({ text, parameters }),
  });
  const [some] = await sql<{ id: string }[]>`select id from clouds order by id offset ${clouds / 2} limit 1`;
  const itsBadges = await sql<BadgeFilter[]>`select key, value from badges where cloud_id = ${some!.id}`;
  const all: FilterFigures[] = [];
  for (const [filter, keys] of Object.entries(filters)) {
    const badges = keys.map((key) => itsBadges.find((badge) => badge.key === key)!);
    const takeSent = (): Statement[] => {
      const taken = sent;
      sent = [];
      return taken;
    };
    all.push({ filter, clouds, badgesOfEach, badges: badges.length, runs, ...(await measureOne(sql, database, takeSent, badges)) });
  }
  await database.close();
  return all;
}

type Measured = Pick<FilterFigures, 'found' | 'minMs' | 'medianMs' | 'p95Ms' | 'plans'>;

/** Throws if it finds nothing: at least one cloud has all the badges. */
async function measureOne(
  sql: postgres.Sql,
  database: DatabaseClient,
  takeSent: () => Statement[],
  badge: BadgeFilter[],
): Promise<Measured> {
  const call = callTo(database);
  const times: number[] = [];
  let found = 0;
  for (let run = 0; run < runs; run += 1) {
    takeSent();
    const began = performance.now();
    ({ total: found } = await listClouds(call, { badge, limit: pageSize }));
    times.push(performance.now() - began);
  }
  if (found === 0) throw new Error(`no cloud has the badges ${JSON.stringify(badge)}, but one must`);
  const plans: Plan[] = [];
  for (const statement of takeSent()) plans.push(await explain(sql, statement));
  const sorted = times.toSorted((a, b) => a - b);
  const ofRuns = (share: number) => sorted[Math.ceil(runs * share) - 1]!;
  return { found, minMs: sorted[0]!, medianMs: ofRuns(0.5), p95Ms: ofRuns(0.95), plans };
}

/** A call as the API's service gets it. The listing needs no other dependency of the API. */
function callTo(database: DatabaseClient): Call {
  return {
    deps: { database } as ApiDependencies,
    actor: { apiKeyId: 'bench', name: 'bench', role: 'viewer' },
    requestId: 'bench',
  };
}
