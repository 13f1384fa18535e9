/**
 * Records a finished run's history for the replay suite:
 *   node --import tsx test/replay/record.ts <workflow id> <name> [run id]
 * against the Temporal server of the stack in MUSTER_HOME (default .muster). The name says what the history protects.
 * Without a run id it records the newest run. Name the run id of a run that continued as new.
 * A recorded history is never made again to let a change pass: workflow code that cannot replay it needs a patch.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const [workflowId, name, runId] = process.argv.slice(2);
if (!workflowId || !name) throw new Error('Usage: record.ts <workflow id> <name> [run id]');
const stack = JSON.parse(await readFile(join(process.env['MUSTER_HOME'] ?? '.muster', 'stack.json'), 'utf8')) as {
  temporalAddress: string;
  temporalNamespace: string;
};
const connection = await Connection.connect({ address: stack.temporalAddress });
const client = new Client({ connection, namespace: stack.temporalNamespace });
const history: unknown = JSON.parse(historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory()));
await writeFile(new URL(`./histories/${name}.json`, import.meta.url), `${JSON.stringify({ workflowId, history }, null, 1)}\n`);
await connection.close();
