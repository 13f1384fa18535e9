import { invalidParameter } from './errors.ts';

/** Reads a required text parameter; InvalidParameter when it is absent or empty. */
export function requiredText(input: Record<string, unknown>, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw invalidParameter(`${name} Reason: no value for required parameter`);
  return value;
}

export function optionalText(input: Record<string, unknown>, name: string): string | undefined {
  const value = input[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** Reads a map of texts, absent as empty; values may be native numbers or booleans. */
export function textMap(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}

/** Reads a flag, native or as the query protocol's text. */
export function flag(input: Record<string, unknown>, name: string): boolean {
  return input[name] === true || input[name] === 'true';
}
