import { z } from '@hono/zod-openapi';
import { isStorableText } from '../../db/storable-text.ts';

const limitRule = 'limit must be a whole number from 1 to 200.';

/** The query parameters of every list. */
export const pageParameters = {
  limit: z
    .string({ error: limitRule })
    .regex(/^\d{1,3}$/, { error: limitRule })
    .transform(Number)
    .pipe(z.int().min(1, { error: limitRule }).max(200, { error: limitRule }))
    .default(50)
    .openapi({ type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  cursor: z.string({ error: 'Specify cursor only once.' }).optional().openapi({ description: 'The `nextCursor` of the previous page.' }),
};

/** A query parameter with a text to search for. */
export function searchParameter(description: string) {
  return z
    .string({ error: 'Specify search only once.' })
    .max(200, { error: 'search must have at most 200 characters.' })
    .refine(isStorableText, { error: 'search must not contain null characters or unpaired surrogates.' })
    .optional()
    .openapi({ description });
}

/** A query parameter whose value must match exactly. */
export function exactParameter(name: string) {
  return z
    .string({ error: `Specify ${name} only once.` })
    .max(100, { error: `${name} must have at most 100 characters.` })
    .refine(isStorableText, { error: `${name} must not contain null characters or unpaired surrogates.` })
    .optional();
}

/** Maximum number of values of a query parameter that may repeat. */
export const maxRepeats = 20;

/** A query parameter that may repeat. */
export function repeatable<Schema extends z.ZodType>(item: Schema, openapi: Record<string, unknown>) {
  const list = z.array(item).max(maxRepeats, { error: `A parameter may repeat at most ${maxRepeats} times.` });
  return z
    .preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), list.optional())
    .openapi({ type: 'array', maxItems: maxRepeats, ...openapi });
}

/** One page of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: 'Null on the last page.' }),
    total: z.int().openapi({ description: 'Number of items that match the filters.' }),
  });
}
