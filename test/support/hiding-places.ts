import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { OrganizationResource } from './stack-organizations.ts';
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

/** The parts of every run that operators see: search attributes, memo, summary and current details. */
export async function visibleRuns({ temporal }: TestStack): Promise<HidingPlace[]> {
  const places: HidingPlace[] = [];
  for await (const run of temporal.workflow.list()) {
    const handle = temporal.workflow.getHandle(run.workflowId, run.runId);
    const { raw, searchAttributes, memo, ...described } = await handle.describe();
    const shown = { searchAttributes, memo, summary: await described.staticSummary(), details: await described.staticDetails(), raw };
    const text = JSON.stringify(shown, (_name, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
    places.push({ where: `visibility of ${run.workflowId}`, text });
  }
  return places;
}

/** The metrics of the API and of the worker. */
export async function metricsRead({ info }: TestStack, workerMetricsPort: number): Promise<HidingPlace[]> {
  const urls = [`${info.apiUrl}/metrics`, `http://127.0.0.1:${workerMetricsPort}/metrics`];
  return await Promise.all(urls.map(async (where) => ({ where, text: await (await fetch(where)).text() })));
}

/**
 * Files of Muster's programs and their servers: logs, stack.json, Temporal's store, and Postgres' files with the
 * write-ahead log, which can still hold erased values. The sandbox is left out: it is AWS, which knows the secrets.
 */
export async function filesWritten({ home }: TestStack): Promise<HidingPlace[]> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /\/(logs|temporal|postgres)\/|\/stack\.json$/.test(file) && !file.includes('sandbox'));
  const places: HidingPlace[] = [];
  for (const file of files) places.push({ where: file, text: await readFile(file, 'latin1').catch(goneMeanwhile) });
  return places;
}

/** Servers remove files of theirs while we look. */
function goneMeanwhile(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error;
  return '';
}

/** The answers of every route that returns data of a request. */
export function requestAnswers(stack: TestStack, { id }: { id: string }): Promise<HidingPlace[]> {
  return answersTo(stack, [
    '/v1/delegation-requests',
    `/v1/delegation-requests/${id}`,
    `/v1/delegation-requests/${id}/policy`,
    `/v1/delegation-requests/${id}/events`,
    '/v1/audit-events',
    '/v1/api-keys',
  ]);
}

/** The same about a request and its cloud. */
export async function apiAnswers(stack: TestStack, request: { id: string; cloudId: string | null }): Promise<HidingPlace[]> {
  const cloud = `/v1/clouds/${request.cloudId}`;
  const ofCloud = await answersTo(stack, ['/v1/clouds', cloud, `${cloud}/badges`, `${cloud}/tags`]);
  return [...(await requestAnswers(stack, request)), ...ofCloud];
}

/** The same about an organization and the newest of its syncs. */
export function organizationAnswers(stack: TestStack, { id, lastSync }: OrganizationResource): Promise<HidingPlace[]> {
  return answersTo(stack, [
    '/v1/organizations',
    `/v1/organizations/${id}`,
    `/v1/organizations/${id}/syncs`,
    `/v1/organizations/${id}/tree`,
    `/v1/organizations/${id}/policies`,
    `/v1/syncs/${lastSync.id}`,
    `/v1/syncs/${lastSync.id}/accounts`,
    `/v1/syncs/${lastSync.id}/events`,
    `/v1/clouds?organizationId=${id}`,
    '/v1/badges',
  ]);
}

/** The same about a sync that held removals back, and about previews. */
export function workAnswers(stack: TestStack, { syncId, previewIds }: { syncId: string; previewIds: string[] }): Promise<HidingPlace[]> {
  return answersTo(stack, [
    `/v1/syncs/${syncId}`,
    `/v1/syncs/${syncId}/accounts?change=remove`,
    `/v1/audit-events?targetId=${syncId}`,
    ...previewIds.flatMap((id) => [`/v1/previews/${id}`, `/v1/previews/${id}/changes`]),
  ]);
}

async function answersTo({ info }: TestStack, paths: readonly string[]): Promise<HidingPlace[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(new URL(path, info.apiUrl), { headers: { authorization: `Bearer ${info.adminApiKey}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return { where: path, text: await response.text() };
    }),
  );
}
