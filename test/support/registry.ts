import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { openDatabase, type Database } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { migrateDatabase } from '../../db/migrations.ts';
import { credentialSets, delegationEvents, delegationRequests, nicknames } from '../../db/schema/index.ts';
import { parseSealingKeys } from '../../db/sealing/keys.ts';
import { createSealer, type Sealer } from '../../db/sealing/sealer.ts';
import { startTestPostgres } from '../../dev/postgres/test-postgres.ts';
import { normalizeNickname } from '../../domain/nicknames/normalize.ts';
import { insertOrganization, type TestOrganization } from './organizations.ts';

let accounts = 0;

/** A migrated database, and the rows that an API process would have written. */
export interface TestRegistry {
  db: Database;
  sealer: Sealer;
  /** The driver itself, for LISTEN. */
  sql: postgres.Sql;
  /** A request as POST leaves it; answers its id. */
  newRequest(changes?: Partial<typeof delegationRequests.$inferInsert>): Promise<string>;
  /** An organization as POST leaves it. Its clouds and syncs: test/support/organizations.ts. */
  newOrganization(changes?: Parameters<typeof insertOrganization>[2]): Promise<TestOrganization>;
  request(id: string): Promise<typeof delegationRequests.$inferSelect>;
  /** The timeline's types, in order of their numbers. */
  timeline(id: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function startTestRegistry(): Promise<TestRegistry> {
  const server = await startTestPostgres();
  const { url } = await server.createDatabase();
  await migrateDatabase(url);
  const client = openDatabase({ url, applicationName: 'registry-test' });
  const { db } = client;
  const sealer = createSealer(parseSealingKeys(`test:${randomBytes(32).toString('base64')}`));
  return {
    db,
    sealer,
    sql: client.sql,
    async newRequest(changes = {}) {
      const [id, credentialSetId] = [newId(), newId()];
      accounts += 1;
      const accountId = changes.accountId ?? String(400_000_000_000 + accounts);
      const nickname = `Account ${accountId} ${id}`;
      const roleArn = `arn:aws:iam::${accountId}:role/Harvest`;
      const sealed = await sealer.seal(
        { roleArn, externalId: 'an-external-id', sessionName: 'muster', durationSeconds: 3_600 },
        { table: 'credential_sets', id: credentialSetId },
      );
      await db.insert(credentialSets).values({ id: credentialSetId, roleArn, sealed: sealed.bytes, keyId: sealed.keyId });
      await db.insert(nicknames).values({ normalized: normalizeNickname(nickname), nickname, ownerType: 'request', ownerId: id });
      await db.insert(delegationRequests).values({
        id,
        nickname,
        scope: 'account',
        accountId,
        roleName: 'Harvest',
        sessionDurationSeconds: 3_600,
        credentialSetId,
        ...changes,
      });
      return id;
    },
    newOrganization: (changes) => insertOrganization(db, sealer, changes),
    async request(id) {
      const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
      return row!;
    },
    async timeline(id) {
      const rows = await db.select().from(delegationEvents).where(eq(delegationEvents.requestId, id)).orderBy(delegationEvents.number);
      return rows.map((row) => row.type);
    },
    async close() {
      await client.close();
      await server.stop();
    },
  };
}
