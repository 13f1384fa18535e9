import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { startTestPostgres, type TestDatabase } from '../../dev/postgres/test-postgres.ts';
import { openDatabase, type DatabaseClient } from '../client.ts';
import { setBudgetOwner, withDatabaseBudget } from './budget.ts';
import { Shares } from './shares.ts';

let database: TestDatabase;
let client: DatabaseClient;
beforeAll(async () => {
  database = await (await startTestPostgres()).createDatabase();
  client = openDatabase({ url: database.url, applicationName: 'shares', poolSize: 4, perOwner: 2 });
});
afterAll(async () => {
  await client?.close();
  await database?.drop();
});

it('B5: an owner holds at most its share of places; a returned place goes to the next in line', async () => {
  const shares = new Shares(2);
  const [first, second] = [await shares.take('a'), await shares.take('a')];
  const order: string[] = [];
  const third = shares.take('a').then((giveBack) => (order.push('third'), giveBack));
  const fourth = shares.take('a').then((giveBack) => (order.push('fourth'), giveBack));
  await shares.take('b');
  await delay(5);
  expect(order).toEqual([]);
  first();
  // A place that is returned twice counts once.
  first();
  await third;
  await delay(5);
  expect(order).toEqual(['third']);
  second();
  await fourth;
  expect(order).toEqual(['third', 'fourth']);
});

it('B5: a waiter that leaves gets no place', async () => {
  const shares = new Shares(1);
  const giveBack = await shares.take('a');
  let leave = (): void => {};
  let hasPlace = false;
  void shares.take('a', (leaving) => (leave = leaving)).then(() => (hasPlace = true));
  const last = shares.take('a');
  leave();
  giveBack();
  (await last)();
  // The place is free again, and did not go to the waiter that left.
  (await shares.take('a'))();
  expect(hasPlace).toBe(false);
});

it('B5: slow statements of one API key leave connections to others', async () => {
  const asOwner = <Result>(owner: string, work: () => Promise<Result>): Promise<Result> =>
    withDatabaseBudget(20_000, null, async () => {
      setBudgetOwner(owner);
      return await work();
    });
  const slow = Array.from({ length: 12 }, () => asOwner('greedy', async () => void (await client.db.execute(sql`select pg_sleep(0.3)`))));
  await delay(50);
  let isOver = false;
  const all = Promise.all(slow).then(() => (isOver = true));
  await asOwner('modest', async () => void (await client.db.execute(sql`select 1`)));
  expect(isOver).toBe(false);
  await all;
});
