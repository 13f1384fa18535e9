import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';

/** The search attributes of Muster's workflows (S5). */
export const searchAttributeNames: readonly string[] = Object.values(searchAttributes).map(({ name }) => name);

/** Temporal's number for a Keyword attribute (temporal.api.enums.v1), and gRPC status codes (google.rpc). */
const keyword = 2;
const [notFound, alreadyExists] = [5, 6];

/** Retention of closed runs in a namespace that Muster creates, in seconds. An existing namespace keeps its own. */
const retentionSeconds = 30 * 24 * 3_600;

/** Lists Muster's search attributes that a namespace lacks. Throws if an attribute exists with another type. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wrong = searchAttributeNames.filter((name) => (customAttributes?.[name] ?? keyword) !== keyword);
  if (wrong.length > 0) {
    throw new Error(
      `search attributes of the namespace ${namespace} are not of type Keyword: ${wrong.join(', ')}. Use a separate namespace for Muster`,
    );
  }
  return searchAttributeNames.filter((name) => customAttributes?.[name] === undefined);
}

/**
 * Creates the namespace and the search attributes of Muster's runs, unless they exist. Returns the list of what it created,
 * once the server knows all of it. Rejects with the signal's reason if the signal aborts.
 */
export async function setUpTemporal(connection: Connection, namespace: string, signal: AbortSignal): Promise<string[]> {
  const created: string[] = [];
  if (await ensureNamespace(connection, namespace)) created.push(`namespace ${namespace}`);
  // All parts of the server know a new namespace only after some seconds.
  const missing = await untilKnown(signal, () => missingSearchAttributes(connection, namespace));
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
    created.push(...missing.map((name) => `search attribute ${name}`));
    await untilKnown(signal, async () => {
      const left = await missingSearchAttributes(connection, namespace);
      return left.length === 0 ? left : null;
    });
  }
  return created;
}

async function ensureNamespace(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return false;
  } catch (error) {
    if (!hasCode(error, notFound)) throw error;
  }
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: retentionSeconds as never },
    });
    return true;
  } catch (error) {
    if (hasCode(error, alreadyExists)) return false;
    throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  if (!isGrpcServiceError(error)) return false;
  const got: number = error.code;
  return got === code;
}

async function untilKnown<T>(signal: AbortSignal, look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      if (!hasCode(error, notFound)) throw error;
    }
    await delay(500, undefined, { signal });
  }
}
