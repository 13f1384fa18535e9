import { call, events } from './muster.mjs';

/** Prints the timeline of a delegation request until it ends: node examples/watch-request.mjs REQUEST_ID */
const [id] = process.argv.slice(2);
for await (const { event, data } of events(`/v1/delegation-requests/${id}/events`)) {
  if (event === 'timeline') console.log(`${data.at}  ${data.message}`);
}
const { phase, failure } = await call('GET', `/v1/delegation-requests/${id}`);
console.log(failure ? `${phase}: ${failure.message} (${failure.code})` : phase);
