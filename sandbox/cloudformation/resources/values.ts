import { AwsError } from '../../core/aws-error.ts';
import type { StackTag } from '../stack.ts';
import type { Properties } from './types.ts';

/** A list property; absent is empty. */
export function items<T = string>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}

/** A policy document as services take it: text. */
export function documentText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The stack's tags and the resource's own, which win (User Guide, "Resource tags"). */
export function tagsOf(properties: Properties, stackTags: StackTag[]): StackTag[] {
  const tags = new Map<string, StackTag>();
  for (const { Key, Value } of [...stackTags, ...items<{ Key: string; Value: unknown }>(properties.Tags)]) {
    tags.set(Key, { Key, Value: String(Value) });
  }
  return [...tags.values()];
}

/** The members of `input` that have a value. */
export function present(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** Whether the services' answer means that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof AwsError && /NoSuchEntity|NotFound|NonExistentQueue|QueueDoesNotExist/.test(error.code);
}

/** Runs a deletion; what is gone already is as good as deleted. */
export async function unlessMissing(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Refuses to create what is there already, for services whose create operation would quietly take it over. */
export async function refuseExisting(type: string, identifier: string, look: () => Promise<unknown>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  throw new AwsError('AlreadyExistsException', `Resource of type '${type}' with identifier '${identifier}' already exists.`, 409);
}

/** The entries of `after` that are not in `before`, and the reverse. */
export function difference(before: string[], after: string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((one) => !before.includes(one)), removed: before.filter((one) => !after.includes(one)) };
}
