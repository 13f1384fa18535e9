/** The condition keys of one request (reference_policies_condition-keys.html). */

/** Keys in lower case, because condition keys know no case; an empty list is a key that is present without a value. */
export type Context = ReadonlyMap<string, readonly string[]>;

export function makeContext(...parts: Record<string, string | readonly string[] | undefined>[]): Context {
  const context = new Map<string, readonly string[]>();
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      if (value !== undefined) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
    }
  }
  return context;
}
