import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { eq, getTableColumns, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withConnection } from '../../dev/postgres/server.ts';
import { startTestPostgres, type TestPostgres } from '../../dev/postgres/test-postgres.ts';
import { openDatabase, type DatabaseClient } from '../client.ts';
import { newId } from '../ids.ts';
import * as schema from '../schema/index.ts';
import { credentialSets, idempotencyKeys, notificationInbox } from '../schema/index.ts';
import { sealedColumns } from './columns.ts';
import { parseSealingKeys } from '../../config/sealing-keys.ts';
import { reseal } from './reseal.ts';
import { createSealer, type Sealer } from './sealer.ts';

const keyText = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;
const [oldKey, newKey] = [keyText('old'), keyText('new')];
const rotated = parseSealingKeys(`${newKey},${oldKey}`);
const oldSealer = createSealer(parseSealingKeys(oldKey));
const newSealer = createSealer(parseSealingKeys(newKey));
const secret = { roleArn: 'arn:aws:iam::111122223333:role/r', externalId: 'an-external-id-that-stays-secret' };

let postgres: TestPostgres;
let url: string;
let ownerUrl: string;
let client: DatabaseClient;
beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ url, ownerUrl } = await postgres.createMigratedDatabase());
  client = openDatabase({ url, applicationName: 'reseal-test' });
});
beforeEach(async () => {
  await client.db.delete(credentialSets);
  await client.db.delete(notificationInbox);
});
afterAll(async () => {
  await client?.close();
  await postgres?.stop();
});

async function addSet(sealer: Sealer): Promise<string> {
  const id = newId();
  const { bytes, keyId } = await sealer.seal(secret, { table: 'credential_sets', id });
  await client.db.insert(credentialSets).values({ id, roleArn: secret.roleArn, sealed: bytes, keyId });
  return id;
}

async function addToken(sealer: Sealer): Promise<string> {
  const id = newId();
  const { bytes, keyId } = await sealer.seal('a-token', { table: 'notification_inbox', id });
  await client.db
    .insert(notificationInbox)
    .values({ id, messageId: id, source: 'queue', type: 'ExchangeToken', sealedToken: bytes, tokenKeyId: keyId });
  return id;
}

async function setOf(id: string) {
  const [row] = await client.db.select().from(credentialSets).where(eq(credentialSets.id, id));
  return row!;
}

describe('re-sealing', () => {
  it('D11: no table needs the old key afterwards, and a second run finds nothing to do', async () => {
    const [set, token] = [await addSet(oldSealer), await addToken(oldSealer)];
    const untouched = await addSet(newSealer);
    const before = await setOf(untouched);
    expect(await reseal(client.db, rotated)).toEqual([
      { table: 'credential_sets', resealed: 1, left: [], unopened: [] },
      { table: 'notification_inbox', resealed: 1, left: [], unopened: [] },
    ]);
    const row = await setOf(set);
    expect(row.keyId).toBe('new');
    expect(await newSealer.open(row.sealed, { table: 'credential_sets', id: set })).toEqual(secret);
    const [message] = await client.db.select().from(notificationInbox).where(eq(notificationInbox.id, token));
    expect(message!.tokenKeyId).toBe('new');
    expect(await newSealer.open(message!.sealedToken!, { table: 'notification_inbox', id: token })).toBe('a-token');
    expect(await setOf(untouched)).toEqual(before);
    expect((await reseal(client.db, rotated)).map(({ resealed }) => resealed)).toEqual([0, 0]);
  });

  it('re-seals more rows than a batch holds', async () => {
    const prepared = await Promise.all(
      Array.from({ length: 210 }, async () => {
        const id = newId();
        const { bytes, keyId } = await oldSealer.seal(secret, { table: 'credential_sets', id });
        return { id, roleArn: secret.roleArn, sealed: bytes, keyId };
      }),
    );
    await client.db.insert(credentialSets).values(prepared);
    const [sets] = await reseal(client.db, rotated);
    expect(sets).toMatchObject({ resealed: 210, left: [] });
  }, 60_000);

  it('re-seals a row that a program with the old key writes during the run', async () => {
    const first = await addSet(oldSealer);
    // The run has passed this id, so only a second pass can find the row.
    const late = first.replace(/^../, '00');
    const { bytes, keyId } = await oldSealer.seal(secret, { table: 'credential_sets', id: late });
    const asOwner = (statements: string) => withConnection(ownerUrl, (sql) => sql.unsafe(statements));
    await asOwner(`
      create function write_behind() returns trigger language plpgsql as $$ begin
        insert into credential_sets (id, role_arn, sealed, key_id) values ('${late}', 'x', '\\x${bytes.toString('hex')}', '${keyId}');
        return new; end $$;
      create trigger write_behind after update on credential_sets for each row when (new.id = '${first}') execute function write_behind()`);
    try {
      const [sets] = await reseal(client.db, rotated);
      expect(sets).toMatchObject({ resealed: 2, left: [] });
    } finally {
      await asOwner('drop trigger write_behind on credential_sets; drop function write_behind()');
    }
    expect((await setOf(late)).keyId).toBe('new');
  });

  it('leaves a value alone that a worker erases or replaces during the run', async () => {
    const [erased, replaced] = [await addToken(oldSealer), await addToken(oldSealer)];
    const theirs = await newSealer.seal('another token', { table: 'notification_inbox', id: replaced });
    // The worker's writes happen between the run's read and its write.
    const db = Object.create(client.db) as typeof client.db;
    db.update = ((table: typeof notificationInbox) => {
      const change = client.db.update(table);
      const set = change.set.bind(change);
      change.set = ((values: never) => ({
        where: (condition: never) => ({
          returning: async (fields: never) => {
            await client.db.update(notificationInbox).set({ sealedToken: null, tokenKeyId: null }).where(eq(notificationInbox.id, erased));
            await client.db
              .update(notificationInbox)
              .set({ sealedToken: theirs.bytes, tokenKeyId: 'new' })
              .where(eq(notificationInbox.id, replaced));
            return await set(values).where(condition).returning(fields);
          },
        }),
      })) as never;
      return change;
    }) as never;
    const [, tokens] = await reseal(db, rotated);
    expect(tokens).toEqual({ table: 'notification_inbox', resealed: 0, left: [], unopened: [] });
    const rows = new Map((await client.db.select().from(notificationInbox)).map((row) => [row.id, row.sealedToken]));
    expect([rows.get(erased), rows.get(replaced)]).toEqual([null, theirs.bytes]);
  });

  it('knows every column of sealed bytes, so no table keeps an old key unnoticed', () => {
    const columns = Object.values(schema)
      .filter((table) => is(table, PgTable))
      .flatMap((table) => Object.values(getTableColumns(table)).filter((column) => column.getSQLType() === 'bytea'));
    expect(sealedColumns.map(({ sealed }) => sealed)).toEqual(columns);
    expect(sealedColumns.map(({ table }) => getTableConfig(table).name)).toEqual(sealedColumns.map(({ name }) => name));
  });
});

describe('the command', () => {
  const run = (keys: string) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'db/reseal.ts'], {
      env: { PATH: process.env['PATH'], DATABASE_URL: url, MUSTER_SEALING_KEYS: keys },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, output: error.stdout + error.stderr }),
    );

  it('D11: reports re-encrypted rows, rows with an old key and rows that no key decrypts, and shows no secret', async () => {
    const lostKey = keyText('lost');
    const lost = await addSet(createSealer(parseSealingKeys(lostKey)));
    await addSet(oldSealer);
    const failed = await run(`${newKey},${oldKey}`);
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('credential_sets: 1 re-encrypted with key new; still encrypted with an old key: 1 with key lost');
    expect(failed.output).toContain(`credential_sets ${lost}: cannot be decrypted. Add its key lost`);
    const done = await run(`${newKey},${lostKey}`);
    expect(done).toMatchObject({ code: 0 });
    expect(done.output).toContain('credential_sets: 1 re-encrypted with key new; still encrypted with an old key: none');
    expect(done.output).toContain('idempotency_keys: they expire automatically; still compared by an old key: none');
    for (const text of [secret.externalId, newKey, lostKey, newKey.slice(4)]) expect(failed.output + done.output).not.toContain(text);
  }, 60_000);

  it('B4: reports live Idempotency-Keys of an old key until they expire', async () => {
    const [expiresAt, expired] = [new Date(Date.now() + 3_600_000), new Date(Date.now() - 1_000)];
    const row = (key: string, keyId: string | null, until = expiresAt) => ({
      apiKeyId: newId(),
      key,
      fingerprint: 'f',
      keyId,
      expiresAt: until,
    });
    await client.db
      .insert(idempotencyKeys)
      .values([row('a', 'old'), row('b', 'old'), row('c', 'new'), row('d', 'old', expired), row('e', null)]);
    const waiting = await run(`${newKey},${oldKey}`);
    expect(waiting.code).toBe(1);
    expect(waiting.output).toContain(
      `idempotency_keys: they expire automatically; still compared by an old key: 2 with key old, until ${expiresAt.toISOString()}`,
    );
    await client.db.update(idempotencyKeys).set({ expiresAt: expired });
    expect((await run(`${newKey},${oldKey}`)).code).toBe(0);
  }, 60_000);
});
