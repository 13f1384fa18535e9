import { readFileSync } from 'node:fs';
import { call, events } from './muster.mjs';

/** Adds an organization, follows its first sync, and prints accounts without access: node examples/add-organization.mjs FILE */
const [file] = process.argv.slice(2);
const { id, lastSync } = await call('POST', '/v1/organizations', JSON.parse(readFileSync(file, 'utf8')));
console.log(`Organization ${id}, sync ${lastSync.id}`);
for await (const { event, data } of events(`/v1/syncs/${lastSync.id}/events`)) {
  if (event === 'sync')
    console.log(`${data.phase}: ${data.counts.listed} listed, ${data.counts.checked} checked, ${data.counts.added} added`);
}
const { items } = await call('GET', `/v1/syncs/${lastSync.id}/accounts?status=access_denied`);
for (const { accountId, name, statusReason } of items) console.log(`${accountId}  ${name}: ${statusReason.message}`);
