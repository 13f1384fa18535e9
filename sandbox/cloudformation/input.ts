/** Readers of an operation's input: strings from the wire, native values from in-process callers. */
import { validationError } from './errors.ts';

export type Input = Record<string, unknown>;

/** A string member, or undefined. */
export function text(input: Input, name: string): string | undefined {
  const value = input[name];
  return value === undefined || value === null ? undefined : String(value);
}

/** A string member that must be there. */
export function requiredText(input: Input, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === '') {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw validationError(`1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`);
  }
  return value;
}

/** A boolean member; absent is false. */
export function flag(input: Input, name: string): boolean {
  return String(input[name] ?? 'false').toLowerCase() === 'true';
}

/** A list member; absent is empty. */
export function list<T>(input: Input, name: string): T[] {
  const value = input[name];
  return Array.isArray(value) ? (value as T[]) : [];
}
