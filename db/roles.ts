import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { ConfigurationError } from '../config/environment.ts';

/** The role of the API, the worker and `npm run reseal`: it reads and writes rows and changes no table. */
export interface ApplicationRole {
  name: string;
  /** Password of a role that does not exist yet. Null: the role must exist, or log in without a password. */
  password: string | null;
}

/** Tables whose rows the application adds and never changes. */
const appendOnlyTables = ['audit_events'] as const;

/** Rounds of Postgres' own SCRAM verifiers (`scram_iterations`). */
const scramRounds = 4_096;

/** Reads the application's role from its connection URL. Throws a ConfigurationError if the URL names no role. */
export function applicationRoleOf(url: string): ApplicationRole {
  const { username, password } = new URL(url);
  if (username === '') throw new ConfigurationError('muster migrate cannot start: DATABASE_URL must name the role of the application.');
  return { name: decodeURIComponent(username), password: password === '' ? null : decodeURIComponent(password) };
}

/**
 * Gives the application's role its rights on every table, and no others. Creates the role if it does not exist and the owner
 * may create roles. Run it after each migration, as the owner: new tables have no rights before. Throws a ConfigurationError
 * if the role does not exist, or has rights that no grant can limit.
 */
export async function grantToApplication(client: Client, role: ApplicationRole): Promise<void> {
  await ensureRole(client, role);
  const name = escapeIdentifier(role.name);
  const { rows } = await client.query<{ database: string }>('select current_database() as database');
  const database = escapeIdentifier(rows[0]!.database);
  const statements = [
    `revoke create, temporary on database ${database} from public`,
    'revoke create on schema public from public',
    `revoke all on all tables in schema public from ${name}`,
    `grant usage on schema public to ${name}`,
    `grant select, insert, update, delete on all tables in schema public to ${name}`,
    `grant usage on all sequences in schema public to ${name}`,
    ...appendOnlyTables.map((table) => `revoke update, delete, truncate on ${escapeIdentifier(table)} from ${name}`),
  ];
  // In one transaction: running programs never meet a moment without their rights.
  await client.query(['begin', ...statements, 'commit'].join('; ')).catch(async (error: unknown) => {
    await client.query('rollback');
    throw error;
  });
  await refuseExcess(client, role.name);
}

async function ensureRole(client: Client, role: ApplicationRole): Promise<void> {
  const found = await client.query('select 1 from pg_roles where rolname = $1', [role.name]);
  if (found.rows.length > 0) return;
  const { rows } = await client.query<{ allowed: boolean }>(
    'select rolsuper or rolcreaterole as allowed from pg_roles where rolname = current_user',
  );
  if (role.password === null || rows[0]?.allowed !== true) {
    throw new ConfigurationError(
      `muster migrate cannot give the application its rights: the role ${role.name} of DATABASE_URL does not exist, and ` +
        `${role.password === null ? 'DATABASE_URL has no password to create it with' : 'the role of MIGRATE_DATABASE_URL may not create roles'}. ` +
        `Create it as a database administrator, CREATE ROLE "${role.name}" LOGIN with a password, and run the migration again.`,
    );
  }
  // A verifier, not the password: the statement may reach the server's log.
  const verifier = escapeLiteral(scramVerifier(role.password));
  try {
    await client.query(
      `create role ${escapeIdentifier(role.name)} login nosuperuser nocreatedb nocreaterole noreplication password ${verifier}`,
    );
  } catch (error) {
    // Roles belong to the server: a migration of another database may create the same role at this moment.
    const { code } = error as { code?: string };
    if (code !== '42710' && code !== '23505') throw error;
  }
}

/** Grants limit neither a superuser, nor the owner of a table, nor a member of either. */
async function refuseExcess(client: Client, name: string): Promise<void> {
  const { rows } = await client.query<{ reason: string }>(
    `select 'it is a superuser' as reason from pg_roles where rolname = $1 and rolsuper
    union all
    select 'it is a member of ' || r.rolname from pg_roles r
      where r.rolname <> $1 and pg_has_role($1, r.oid, 'member')
        and (r.rolsuper or r.rolname = current_user or r.rolname in ('pg_write_all_data', 'pg_maintain'))
    union all
    select 'it owns the table ' || tablename from pg_tables where schemaname = 'public' and tableowner = $1
    limit 1`,
    [name],
  );
  const [excess] = rows;
  if (excess === undefined) return;
  throw new ConfigurationError(
    `muster migrate cannot limit the role ${name} of DATABASE_URL: ${excess.reason}. ` +
      'Let DATABASE_URL name a role of its own for the application, and MIGRATE_DATABASE_URL the owner of the tables.',
  );
}

/** The form in which Postgres stores a password (RFC 5803). */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, scramRounds, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${scramRounds}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`;
}
