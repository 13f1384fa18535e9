/**
 * Calls the API by a client that openapi-typescript generated as `openapi.ts`, and prints the results as JSON. The test
 * compiles it beside the generated file. Every body is as short as the API allows.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.ts';

const { apiUrl, apiKey, accountId, organization, tag } = JSON.parse(process.argv[2]!) as {
  apiUrl: string;
  apiKey: string;
  accountId: string;
  organization: components['schemas']['NewOrganization'];
  tag: string;
};
const client = createClient<paths>({ baseUrl: apiUrl, headers: { Authorization: `Bearer ${apiKey}` } });

/** The body of a successful call. */
async function made<Data>(call: Promise<{ data?: Data; error?: components['schemas']['Problem'] }>): Promise<Data> {
  const { data, error } = await call;
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  return data!;
}

const request = await made(
  client.POST('/v1/delegation-requests', {
    body: { nickname: `Client ${tag}`, scope: 'account', accountId, roleName: 'MusterHarvesting', acknowledged: true },
  }),
);
const byId = { params: { path: { id: request.id } } };
const read = await made(client.GET('/v1/delegation-requests/{id}', byId));
const listed = await made(client.GET('/v1/delegation-requests', { params: { query: { search: accountId } } }));
const cancelled = await made(client.POST('/v1/delegation-requests/{id}/cancel', byId));

const added = await made(client.POST('/v1/organizations', { body: organization }));
// A sync that is never null elsewhere, and may be null here.
const firstSync: components['schemas']['Sync'] | null = added.lastSync;
const sync: components['schemas']['Sync'] = await made(client.GET('/v1/syncs/{id}', { params: { path: { id: firstSync!.id } } }));
const changed = await made(
  client.PATCH('/v1/organizations/{id}', { params: { path: { id: added.id } }, body: { nickname: `Renamed ${tag}` } }),
);
const syncs = await made(client.GET('/v1/organizations/{id}/syncs', { params: { path: { id: added.id }, query: { limit: 5 } } }));
const clouds = await made(client.GET('/v1/clouds', { params: { query: { limit: 1 } } }));
const key = await made(client.POST('/v1/api-keys', { body: { name: `Client ${tag}`, role: 'viewer' } }));
const revoked = await client.DELETE('/v1/api-keys/{id}', { params: { path: { id: key.id } } });

process.stdout.write(
  JSON.stringify({
    request: request.id,
    phase: read.phase,
    timeline: read.timeline.length > 0,
    listed: listed.items.map(({ id }) => id),
    cancelled: cancelled.phase,
    kind: sync.kind,
    nickname: changed.nickname,
    syncs: syncs.items.map(({ id }) => id).includes(sync.id),
    total: typeof clouds.total,
    role: key.role,
    revoked: revoked.response.status,
  }),
);
