import { z } from '@hono/zod-openapi';
import { autoBadgingMinutes, syncMinutes } from '../../../domain/organizations/intervals.ts';
import { completeScope } from '../../../domain/organizations/scope.ts';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { bodyObject, idParameters, minutes, nickname } from '../../schemas/fields.ts';
import { organizationCredentialFields, toCredentials } from '../../schemas/organization-credentials.ts';
import { allowUnknown, organizationSchema, scopeInput } from '../../schemas/organization.ts';
import { changeOrganization } from '../../services/organizations/change.ts';
import { callOf } from '../call.ts';

const organizationChange = z
  .strictObject(
    {
      nickname: nickname.optional(),
      scope: scopeInput.optional(),
      allowUnknown,
      syncEveryMinutes: minutes(syncMinutes, 'syncEveryMinutes').optional(),
      autoBadgingEveryMinutes: minutes(autoBadgingMinutes, 'autoBadgingEveryMinutes').optional(),
      credentials: z
        .strictObject(organizationCredentialFields, bodyObject('credentials'))
        .optional()
        .openapi({ description: 'All credentials. Muster checks them before they replace the current credentials.' }),
    },
    bodyObject('The body'),
  )
  .openapi('OrganizationChange');

export const changeRoute = defineRoute(
  {
    method: 'patch',
    path: '/v1/organizations/{id}',
    operationId: 'changeOrganization',
    tags: ['Organizations'],
    summary: 'Change an organization',
    description:
      'Fields that are left out keep their values. `scope` replaces the whole scope. A scope that newly names units or accounts that the newest complete listing lacks is refused, unless `allowUnknown` is true. A new scope or new credentials start a sync at once, which is `lastSync` in the response.',
    request: { params: idParameters, body: body(organizationChange) },
    responses: { 200: json(organizationSchema, 'The organization.') },
  },
  [
    'own_account',
    'nickname_taken',
    'scope_unknown',
    'organization_checks_failed',
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  async (c) => {
    const { scope, allowUnknown, credentials, ...settings } = c.req.valid('json');
    const change = { ...settings, scope: scope && completeScope(scope), credentials: credentials && toCredentials(credentials) };
    return c.json(await changeOrganization(callOf(c), c.req.valid('param').id, change, { allowUnknown }), 200);
  },
);
