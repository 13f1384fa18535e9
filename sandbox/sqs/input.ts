import { invalidParameter, missingParameter } from './errors.ts';

/** Reads a required text parameter; MissingParameter when it is absent or empty. */
export function requiredText(input: Record<string, unknown>, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw missingParameter(name);
  return value;
}

/** Reads an optional whole number within bounds; in-process callers may give it as text. */
export function optionalInteger(input: Record<string, unknown>, name: string, min: number, max: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw invalidParameter(name, value, `Must be between ${min} and ${max}, if provided.`);
  }
  return number;
}

/** Reads a list of texts, absent as empty. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Reads a map of texts, absent as empty; values may be native numbers or booleans. */
export function textMap(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}
