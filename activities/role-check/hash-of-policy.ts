import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';

/** SHA-256 of a policy's canonical JSON: without white space, and with sorted keys. A text that is no JSON is hashed as it is. */
export function hashOfPolicy(content: string): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

function canonical(content: string): string {
  try {
    return canonicalJson(JSON.parse(content));
  } catch {
    return content;
  }
}
