import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';

/** The search attributes of our workflows (S5). */
export const searchAttributeNames: readonly string[] = Object.values(searchAttributes).map(({ name }) => name);

/** Temporal's number for a Keyword attribute, and the gRPC codes that tell what is there (temporal.api.enums.v1, google.rpc). */
const keyword = 2;
const [notFound, alreadyExists] = [5, 6];

/** How long a closed run can be looked at, in seconds: 30 days. Set for a namespace that we make; an operator's own stays. */
const retentionSeconds = 30 * 24 * 3_600;

/** Those of our search attributes that a namespace does not have. Throws if one is there with another type. */
export async function missingSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wrong = searchAttributeNames.filter((name) => (customAttributes?.[name] ?? keyword) !== keyword);
  if (wrong.length > 0) {
    throw new Error(
      `the namespace ${namespace} has ${wrong.join(', ')} with another type than Keyword; Muster needs a namespace of its own`,
    );
  }
  return searchAttributeNames.filter((name) => customAttributes?.[name] === undefined);
}

/**
 * Gives a Temporal server what Muster's runs need: the namespace, and our search attributes in it. Run twice, it finds
 * nothing to do. Returns what it made, once the server knows it. Aborting the signal ends the waiting with its reason.
 */
export async function setUpTemporal(connection: Connection, namespace: string, signal: AbortSignal): Promise<string[]> {
  const made: string[] = [];
  if (await ensureNamespace(connection, namespace)) made.push(`namespace ${namespace}`);
  // A namespace that was just made is known to every part of the server only after some seconds.
  const missing = await untilKnown(signal, () => missingSearchAttributes(connection, namespace));
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
    made.push(...missing.map((name) => `search attribute ${name}`));
    await untilKnown(signal, async () => {
      const left = await missingSearchAttributes(connection, namespace);
      return left.length === 0 ? left : null;
    });
  }
  return made;
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

async function untilKnown<T>(signal: AbortSignal, ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      if (!hasCode(error, notFound)) throw error;
    }
    await delay(500, undefined, { signal });
  }
}
