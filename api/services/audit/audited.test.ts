import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const services = fileURLToPath(new URL('..', import.meta.url));

/** Services that write without recordAudit, each with the reason. */
const exceptions: Record<string, string> = {
  'api-keys/bootstrap.ts': 'has no caller: it audits as the system, by writeAudit',
  'webhooks/record-subscription.ts': 'has no caller: it audits as the system, by writeAudit',
  'delegation-requests/record.ts': 'writes in the transaction of create and resend, which audit',
  'delegation-requests/open.ts': 'marks a run as started, or frees the key of a request that AWS never had',
  'nicknames.ts': 'writes in the transactions of its callers, which audit',
  'organizations/credentials.ts': 'writes credentials that are only checked; the caller that adopts them audits',
  'organizations/unchecked-credentials.ts': 'writes credentials that are only checked; the caller that adopts them audits',
  'previews/preview-new-organization.ts': 'its transaction audits by insertPreview',
  'previews/preview-organization.ts': 'its transaction audits by insertPreview',
};

/** True for a source that writes to the database or opens a transaction, without a call of recordAudit. */
function isUnaudited(source: string): boolean {
  return /\b(?:tx|db)\s*\.(?:insert|update|delete|transaction)\(/.test(source) && !source.includes('await recordAudit(');
}

async function unauditedServices(): Promise<string[]> {
  const files = (await readdir(services, { recursive: true })).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const sources = await Promise.all(files.map(async (file) => ({ file, source: await readFile(join(services, file), 'utf8') })));
  return sources.filter(({ source }) => isUnaudited(source)).map(({ file }) => file);
}

it('S3: every service that writes records the caller, except the named services', async () => {
  expect((await unauditedServices()).toSorted()).toEqual(Object.keys(exceptions).toSorted());
});

it.each([
  ['await tx\n      .insert(clouds)', true],
  ['await call.deps.database.db.transaction(async (tx) => {})', true],
  ['await db.update(clouds)', true],
  ['await tx.delete(clouds); await recordAudit(tx, call, audit);', false],
  ['await db.select().from(clouds)', false],
  ["createHash('sha256').update(key)", false],
])('S3: the rule finds %j unaudited: %s', (source, expected) => {
  expect(isUnaudited(source)).toBe(expected);
});
