import { defineRoute, json } from '../../openapi/define-route.ts';
import { emptyBody, idParameters } from '../../schemas/fields.ts';
import { organizationSchema } from '../../schemas/organization.ts';
import { pauseAutoBadging } from '../../services/organizations/pause-auto-badging.ts';
import { callOf } from '../call.ts';

export const resumeAutoBadgingRoute = defineRoute(
  {
    method: 'post',
    path: '/v1/organizations/{id}/auto-badging/resume',
    operationId: 'resumeAutoBadging',
    tags: ['Organizations'],
    summary: 'Resume auto-badging',
    description: 'Resumes the schedule in Temporal, including a schedule that an operator paused in the Temporal UI.',
    request: { params: idParameters, body: { content: { 'application/json': { schema: emptyBody } } } },
    responses: { 200: json(organizationSchema, 'The organization.') },
  },
  ['temporal_unavailable'],
  async (c) => c.json(await pauseAutoBadging(callOf(c), c.req.valid('param').id, false), 200),
);
