import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { replaceJson } from './home.ts';

const secretsSchema = z.object({
  /** In the form of `MUSTER_SEALING_KEYS`. */
  sealingKeys: z.string(),
  adminApiKey: z.string(),
  postgresPassword: z.string(),
});

/** The secrets of one installation. They survive restarts, because its database is unreadable without the sealing key. */
export type Secrets = z.infer<typeof secretsSchema>;

/** Reads the secrets of the installation; the first start creates them. Throws if the file is damaged: new secrets would lose the old data. */
export function ensureSecrets(file: string): Secrets {
  if (existsSync(file)) {
    const secrets = secretsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!secrets.success) throw new Error(`${file} is damaged. Restore it, or remove the whole folder to start with new data`);
    return secrets.data;
  }
  const secrets: Secrets = {
    sealingKeys: `local-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}`,
    adminApiKey: `muster_${randomBytes(32).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
  };
  replaceJson(file, secrets);
  return secrets;
}
