import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { TestStack } from './stack.ts';

/** A text in which a secret could have been left, and where it lies. */
export interface HidingPlace {
  where: string;
  text: string;
}

/** Every form in which a secret would still be readable. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Base64 of a secret inside a longer text depends on where it begins; its middle is the same for one of three offsets.
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('base64url'), ...inside];
}

/** The places that hold any of the secrets, or anything of this pattern. */
export function findSecrets(places: readonly HidingPlace[], secrets: readonly string[], pattern: RegExp): string[] {
  const forms = secrets.flatMap(formsOf);
  return places.filter(({ text }) => pattern.test(text) || forms.some((form) => text.includes(form))).map(({ where }) => where);
}

/** The history of every run, as exported and with its payloads decoded. */
export async function exportedHistories({ temporal }: TestStack): Promise<HidingPlace[]> {
  const places: HidingPlace[] = [];
  for await (const run of temporal.workflow.list()) {
    const exported = historyToJSON(await temporal.workflow.getHandle(run.workflowId, run.runId).fetchHistory());
    const decoded = [...exported.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
      Buffer.from(data!, 'base64').toString('utf8'),
    );
    places.push({ where: `history of ${run.workflowId}`, text: `${exported}\n${decoded.join('\n')}` });
  }
  return places;
}

/** Every row of every table. */
export async function databaseDump({ sql }: TestStack): Promise<HidingPlace[]> {
  const tables = await sql`select tablename from pg_tables where schemaname = 'public'`;
  return await Promise.all(
    tables.map(async ({ tablename }) => {
      const rows = await sql`select t::text as row from ${sql(tablename as string)} t`;
      return { where: `table ${tablename}`, text: rows.map((row) => row.row as string).join('\n') };
    }),
  );
}

/** What our own programs and their servers wrote: logs, and Temporal's store. The sandbox stands for AWS, which knows the secrets. */
export async function filesWritten({ home }: TestStack): Promise<HidingPlace[]> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /\/(logs|temporal)\//.test(file) && !file.includes('sandbox'));
  return await Promise.all(files.map(async (file) => ({ where: file, text: await readFile(file, 'latin1') })));
}

/** What the API tells about a request and its cloud, down every route that could. */
export async function apiAnswers({ info }: TestStack, request: { id: string; cloudId: string | null }): Promise<HidingPlace[]> {
  const paths = [
    '/v1/delegation-requests',
    `/v1/delegation-requests/${request.id}`,
    `/v1/delegation-requests/${request.id}/policy`,
    `/v1/delegation-requests/${request.id}/events`,
    '/v1/clouds',
    `/v1/clouds/${request.cloudId}`,
    `/v1/clouds/${request.cloudId}/badges`,
    `/v1/clouds/${request.cloudId}/tags`,
    '/v1/audit-events',
    '/v1/api-keys',
  ];
  return await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(new URL(path, info.apiUrl), { headers: { authorization: `Bearer ${info.adminApiKey}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return { where: path, text: await response.text() };
    }),
  );
}
