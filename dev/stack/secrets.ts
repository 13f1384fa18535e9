import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { POSTGRES_USER } from '../postgres/cluster.ts';
import { openHome, replaceJson } from './home.ts';

const secretsSchema = z.object({
  /** In the form of `MUSTER_SEALING_KEYS`. */
  sealingKeys: z.string(),
  adminApiKey: z.string(),
  /** Password of the superuser, who owns the tables. */
  postgresPassword: z.string(),
  /** Password of the application's role. */
  applicationPassword: z.string(),
});

/** Installations from before there were two roles have no password of the application's role. */
const storedSchema = secretsSchema.partial({ applicationPassword: true });

const newPassword = (): string => randomBytes(24).toString('base64url');

/** The secrets of one installation. They survive restarts, because its database is unreadable without the sealing key. */
export type Secrets = z.infer<typeof secretsSchema>;

/** Reads the secrets of the installation; the first start creates them. Throws if the file is damaged: new secrets would lose the old data. */
export function ensureSecrets(file: string): Secrets {
  if (existsSync(file)) {
    const secrets = storedSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!secrets.success) throw new Error(`${file} is damaged. Restore it, or remove the whole folder to start with new data`);
    const { applicationPassword } = secrets.data;
    if (applicationPassword !== undefined) return { ...secrets.data, applicationPassword };
    const completed: Secrets = { ...secrets.data, applicationPassword: newPassword() };
    replaceJson(file, completed);
    return completed;
  }
  const secrets: Secrets = {
    sealingKeys: `local-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`,
    adminApiKey: `muster_${randomBytes(32).toString('base64url')}`,
    postgresPassword: newPassword(),
    applicationPassword: newPassword(),
  };
  replaceJson(file, secrets);
  return secrets;
}

/** The owner's URL of the database of an installation, for tools that change tables; `databaseUrl` is its application role's. */
export function ownerDatabaseUrl(home: string, databaseUrl: string): string {
  const target = new URL(databaseUrl);
  target.username = POSTGRES_USER;
  target.password = ensureSecrets(openHome(home).secretsFile).postgresPassword;
  return target.href;
}
