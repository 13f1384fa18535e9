import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { StackInfo } from '../../stack/stack.ts';

/** Duration of a well-behaved client's reads while another client misbehaves. */
export interface LimitFigures {
  misbehaviour: string;
  reads: number;
  /** Reads of the well-behaved client that were not answered 200. */
  failed: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that the misbehaving client got, by status. */
  misbehaved: Record<string, number>;
}

const clouds = 20_000;
const secondsEach = 10;
const readEveryMs = 50;
const concurrency = 50;

/** Calls of the misbehaving client. Each makes `concurrency` calls at a time. */
const misbehaviours: Record<string, (index: number) => { path: string; key?: string }> = {
  none: () => ({ path: '' }),
  'cheap reads without a pause': () => ({ path: '/v1/clouds?limit=1' }),
  'searches through all clouds': (index) => ({ path: `/v1/clouds?search=nothing-${index}` }),
  'filters by 20 badges': (index) => ({
    path: `/v1/clouds?${Array.from({ length: 20 }, (_, key) => `badge=key-${key}:${index}`).join('&')}`,
  }),
  'wrong keys': (index) => ({ path: '/v1/clouds', key: `muster_${String(index).padStart(43, 'x')}` }),
};

/** Measures the API of a running stack, with clouds that this function adds. */
export async function measureLimits(stack: StackInfo): Promise<LimitFigures[]> {
  await addClouds(stack.databaseUrl);
  const abuser = await createKey(stack);
  const all: LimitFigures[] = [];
  for (const [name, callOf] of Object.entries(misbehaviours)) all.push(await measureOne(stack, abuser, name, callOf));
  return all;
}

async function addClouds(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql`
    with own as (
      insert into credential_sets (id, kind, role_arn, sealed, key_id)
      values (uuidv7(), 'cloud', 'arn:aws:iam::111122223333:role/bench', '', 'none') returning id
    )
    insert into clouds (id, partition, account_id, name, status, managed, role_arn, credential_set_id)
    select uuidv7(), 'aws', (100000000000 + n)::text, 'account-' || n, 'ok', false, 'arn:aws:iam::' || 100000000000 + n || ':role/bench', own.id
    from generate_series(1, ${clouds}::int) n, own`;
  await sql`vacuum (analyze) clouds`;
  await sql.end();
}

async function createKey({ apiUrl, adminApiKey }: StackInfo): Promise<string> {
  const response = await fetch(new URL('/v1/api-keys', apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${adminApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `Bench ${Date.now()}`, role: 'viewer' }),
  });
  const { key } = (await response.json()) as { key?: string };
  if (key === undefined) throw new Error(`the API created no key: ${response.status}`);
  return key;
}

async function measureOne(
  { apiUrl, adminApiKey }: StackInfo,
  abuser: string,
  misbehaviour: string,
  callOf: (index: number) => { path: string; key?: string },
): Promise<LimitFigures> {
  const over = new AbortController();
  const misbehaved: Record<string, number> = {};
  const get = async (path: string, key: string): Promise<number> => {
    const response = await fetch(new URL(path, apiUrl), { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    return response.status;
  };
  const misbehave = async (lane: number): Promise<void> => {
    for (let index = lane; !over.signal.aborted; index += concurrency) {
      const { path, key = abuser } = callOf(index);
      if (path === '') return;
      const status = await get(path, key);
      misbehaved[status] = (misbehaved[status] ?? 0) + 1;
    }
  };
  const lanes = Array.from({ length: concurrency }, (_, lane) => misbehave(lane));
  const times: number[] = [];
  let failed = 0;
  const end = performance.now() + secondsEach * 1_000;
  while (performance.now() < end) {
    const began = performance.now();
    if ((await get('/v1/clouds?limit=50', adminApiKey)) !== 200) failed += 1;
    times.push(performance.now() - began);
    await delay(readEveryMs);
  }
  over.abort();
  await Promise.all(lanes);
  const sorted = times.toSorted((a, b) => a - b);
  const ofReads = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1]!;
  return { misbehaviour, reads: times.length, failed, p50Ms: ofReads(0.5), p99Ms: ofReads(0.99), misbehaved };
}
