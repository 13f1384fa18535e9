import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { openDatabase, type Database, type DatabaseClient } from '../../db/client.ts';
import { newId } from '../../db/ids.ts';
import { credentialSets, delegationEvents, delegationRequests, nicknames } from '../../db/schema/index.ts';
import { parseSealingKeys } from '../../config/sealing-keys.ts';
import { createSealer, type Sealer } from '../../db/sealing/sealer.ts';
import type { OrganizationCredentials, RoleCredentials } from '../../db/sealing/secrets.ts';
import { startTestPostgres } from '../../dev/postgres/test-postgres.ts';
import { organizationRoleName } from '../../domain/delegation/parameters.ts';
import { normalizeNickname } from '../../domain/nicknames/normalize.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import { insertOrganization, type TestOrganization } from './organizations.ts';

let accounts = 0;

/** A migrated database, and the rows that an API process would have written. */
export interface TestRegistry {
  db: Database;
  sealer: Sealer;
  listen: DatabaseClient['listen'];
  /** The URL of the owner of the tables; `db` has the rights of the application. */
  ownerUrl: string;
  /** A request as POST leaves it, for an account unless its scope says otherwise; answers its id. */
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
  const { url, ownerUrl } = await server.createMigratedDatabase();
  const client = openDatabase({ url, applicationName: 'registry-test' });
  const { db } = client;
  const sealer = createSealer(parseSealingKeys(`test:${randomBytes(32).toString('base64')}`));
  return {
    db,
    sealer,
    listen: client.listen,
    ownerUrl,
    async newRequest(changes = {}) {
      const [id, credentialSetId] = [newId(), newId()];
      accounts += 1;
      const accountId = changes.accountId ?? String(400_000_000_000 + accounts);
      const nickname = `Account ${accountId} ${id}`;
      const isWhole = changes.scope === 'organization';
      const session = { sessionName: 'muster', durationSeconds: 3_600 };
      const role = {
        roleArn: `arn:aws:iam::${accountId}:role/${isWhole ? organizationRoleName(id) : 'Harvest'}`,
        externalId: 'an-external-id',
        ...session,
      };
      const secret: RoleCredentials | OrganizationCredentials = isWhole
        ? { organizationRole: role, memberRole: { roleName: 'Harvest', externalId: 'another-external-id', ...session } }
        : role;
      const { bytes: sealedBytes, keyId } = await sealer.seal(secret, { table: 'credential_sets', id: credentialSetId });
      const kind = isWhole ? 'organization' : 'cloud';
      await db.insert(credentialSets).values({ id: credentialSetId, kind, roleArn: role.roleArn, sealed: sealedBytes, keyId });
      await db.insert(nicknames).values({ normalized: normalizeNickname(nickname), nickname, ownerType: 'request', ownerId: id });
      await db.insert(delegationRequests).values({
        id,
        nickname,
        scope: 'account',
        accountId,
        roleName: 'Harvest',
        sessionDurationSeconds: 3_600,
        organizationScope: isWhole ? wholeOrganization : null,
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
