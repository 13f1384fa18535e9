import { call } from './muster.mjs';

/** Lists clouds by search text, status and badges: node examples/list-clouds.mjs [search=TEXT] [status=ok] [badge=KEY:VALUE ...] */
const filters = new URLSearchParams(process.argv.slice(2).map((filter) => filter.split(/=(.*)/s, 2)));
for (let cursor; cursor !== null;) {
  if (cursor) filters.set('cursor', cursor);
  const { items, nextCursor } = await call('GET', `/v1/clouds?${filters}`);
  for (const { accountId, status, nickname, name } of items) console.log(`${accountId}  ${status}  ${nickname ?? name}`);
  cursor = nextCursor;
}
