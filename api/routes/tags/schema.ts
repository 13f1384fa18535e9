import { z } from '@hono/zod-openapi';
import { tagKey, tagValue } from '../../schemas/badge.ts';

/** AWS's limit of tags on an account. */
const maxTags = 50;

const objectRule = 'tags must be an object of keys and values.';

/** Reads the tags by their own keys. `z.record` drops the key `__proto__`, which AWS allows. */
const tags = z
  .unknown()
  .transform((given, context): Record<string, string> => {
    const refuse = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      refuse([], objectRule);
      return z.NEVER;
    }
    const entries = Object.entries(given);
    if (entries.length > maxTags) refuse([], `An account can have at most ${maxTags} tags.`);
    for (const [key, value] of entries) {
      const fault = tagKey.safeParse(key).error ?? tagValue.safeParse(value).error;
      if (fault) refuse([key], fault.issues[0]!.message);
    }
    return Object.fromEntries(entries);
  })
  .openapi({ type: 'object', additionalProperties: { type: 'string' }, example: { environment: 'production' } });

export const tagsSchema = z.strictObject({ tags }).openapi('Tags');
