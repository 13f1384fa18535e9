import { z } from '@hono/zod-openapi';
import { tagKey, tagValue } from '../../schemas/badge.ts';

/** AWS's limit of tags on an account. */
const maxTags = 50;

export const tagsSchema = z
  .strictObject({
    tags: z
      .record(tagKey, tagValue, {
        error: (issue) =>
          issue.code === 'invalid_key' ? 'A key must be text of 1 to 128 characters.' : 'tags must be an object of keys and values.',
      })
      .refine((tags) => Object.keys(tags).length <= maxTags, { error: `An account can have at most ${maxTags} tags.` })
      .openapi({ type: 'object', additionalProperties: { type: 'string' }, example: { environment: 'production' } }),
  })
  .openapi('Tags');
