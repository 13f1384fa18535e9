import { createHash } from 'node:crypto';

/** SHA-256 of a policy's canonical JSON: without white space, and with sorted keys. A text that is no JSON is hashed as it is. */
export function hashOfPolicy(content: string): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function canonical(content: string): string {
  try {
    return JSON.stringify(sortedKeys(JSON.parse(content)));
  } catch {
    return content;
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortedKeys(inner)]));
}
