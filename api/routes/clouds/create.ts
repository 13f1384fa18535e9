import { z } from '@hono/zod-openapi';
import { answerWith } from '../../idempotency/answer.ts';
import { answerOnce, idempotencyHeaders } from '../../idempotency/answer-once.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema, type Cloud } from '../../schemas/cloud.ts';
import { bodyObject, nickname } from '../../schemas/fields.ts';
import { roleCredentialFields, toRoleCredentials } from '../../schemas/role-credentials.ts';
import { createCloud } from '../../services/clouds/create.ts';
import { callOf } from '../call.ts';

const newCloud = z.strictObject({ nickname, ...roleCredentialFields }, bodyObject('The body')).openapi('NewCloud');

export const createRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/clouds',
    operationId: 'createCloud',
    tags: ['Clouds'],
    summary: 'Add an account by an existing role',
    description:
      'Assumes the role with its external id, and then without it. The role must accept the first call and refuse the second. Muster stores nothing before both checks pass. `acceptUnenforcedExternalId` accepts a role that does not refuse the second call. The call takes at most 20 s.',
    request: { headers: idempotencyHeaders, body: body(newCloud) },
    responses: { 201: json(cloudSchema, 'The account is listed.', { Location: 'Path of the cloud.' }) },
  },
  [
    'own_account',
    'nickname_taken',
    'account_exists',
    'request_running',
    'idempotency_key_reused',
    'idempotency_key_unverifiable',
    'role_checks_failed',
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  (c) => {
    const input = c.req.valid('json');
    const settings = {
      nickname: input.nickname,
      credentials: toRoleCredentials(input),
      acceptUnenforcedExternalId: input.acceptUnenforcedExternalId ?? false,
    };
    return answerOnce(c, {
      body: input,
      work: (once) => createCloud(callOf(c), settings, once),
      toAnswer: (cloud: Cloud) => answerWith(201, 'cloud', cloud),
    });
  },
);
