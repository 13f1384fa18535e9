import { z } from '@hono/zod-openapi';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { roleSchema } from '../../schemas/api-key.ts';
import { visibleText } from '../../schemas/fields.ts';
import { createApiKey, revealApiKey, type IssuedApiKey } from '../../services/api-keys/create.ts';
import { callOf } from '../call.ts';

const newApiKey = z
  .strictObject({ name: visibleText(100, 'name must be text of 1 to 100 characters, without control characters.'), role: roleSchema })
  .openapi('NewApiKey');

const createdApiKey = z
  .object({
    id: z.guid(),
    name: z.string(),
    role: roleSchema,
    key: z.string().openapi({ description: 'The key itself. No other call shows it.' }),
  })
  .openapi('CreatedApiKey');

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/api-keys',
    operationId: 'createApiKey',
    tags: ['Access'],
    summary: 'Create an API key',
    request: { headers: idempotencyHeaders, body: body(newApiKey) },
    responses: { 201: json(createdApiKey, 'The new API key.') },
  },
  ['key_not_replayable', 'idempotency_key_reused', 'idempotency_key_unverifiable'],
  (c) => {
    const input = c.req.valid('json');
    c.header('Cache-Control', 'no-store');
    return answerOnce(c, {
      body: input,
      work: (once) => createApiKey(callOf(c), input, once),
      toAnswer: (issued: IssuedApiKey) => ({ status: 201, headers: {}, body: issued }),
      reveal: (kept) => revealApiKey(c.var.deps, kept as IssuedApiKey),
    });
  },
);
