/** Prints the operations that the sandbox answers, as generate.py reads them. */
import { modules } from '../core/modules.ts';

const modelNames: Record<string, string> = { tagging: 'resourcegroupstaggingapi' };

/** The operations of every service, with the name of its model in botocore. */
export function answeredOperations(): Record<string, { model: string; operations: string[] }> {
  return Object.fromEntries(
    modules.map(({ service, operations }) => [
      service,
      { model: modelNames[service] ?? service, operations: Object.keys(operations).sort() },
    ]),
  );
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(answeredOperations()));
