import { z } from '@hono/zod-openapi';
import type { DelegationEventRow, DelegationRequestRow } from '../../db/schema/rows.ts';
import { awsDelegationStates, delegationPhases, reviewerPermissions } from '../../domain/delegation/states.ts';
import { completeScope } from '../../domain/organizations/scope.ts';
import { orNull, timestamp } from './fields.ts';
import { scopeSchema } from './organization.ts';

/** A delegation request as the API shows it (D2, D3). */
export const delegationRequestSchema = z
  .object({
    id: z.guid(),
    nickname: z.string(),
    scope: z.enum(['account', 'organization']),
    accountId: z.string(),
    roleName: z.string(),
    organizationScope: orNull(scopeSchema).openapi({
      description: 'The accounts of the organization to import. Null for a single account.',
    }),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })).openapi({
      description:
        'Doubts about the account that were known when the request was made, such as `account_suspended`. They do not stop the request.',
    }),
    phase: z
      .enum(delegationPhases)
      .openapi({ description: 'In `requested`, Muster waits for the customer; `awsState` shows the current step.' }),
    awsState: z.enum(awsDelegationStates).nullable().openapi({ description: 'State of the request at AWS.' }),
    awsRequestId: z.string().nullable(),
    consoleUrl: z.string().nullable().openapi({ description: 'Link to the request in the AWS console. Send it to an approver.' }),
    expiresAt: timestamp.nullable().openapi({ description: 'When the current step at AWS expires. Null if there is no current step.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    stack: z
      .object({ name: z.string(), status: z.string() })
      .nullable()
      .openapi({ description: 'The stack in the account. Null until it exists.' }),
    reviewerPermissions: z.array(z.string()).openapi({ description: 'IAM permissions that an approver needs to answer the request.' }),
    cloudId: z.guid().nullable().openapi({ description: 'The cloud that the request created. Null until then, and for an organization.' }),
    organizationId: z
      .guid()
      .nullable()
      .openapi({ description: 'The organization that the request created. Null until then, and for a single account.' }),
    resentAs: z.guid().nullable().openapi({ description: 'The request that replaced this request when it was resent.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('DelegationRequest');

export type DelegationRequest = z.infer<typeof delegationRequestSchema>;

/** One entry of a request's timeline. Ids count up from 1 (D8). */
export const timelineEntrySchema = z
  .object({
    id: z.int(),
    at: timestamp,
    type: z.string(),
    message: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry');

export const delegationRequestWithTimelineSchema = delegationRequestSchema
  .extend({ timeline: z.array(timelineEntrySchema) })
  .openapi('DelegationRequestWithTimeline');

export type DelegationRequestWithTimeline = z.infer<typeof delegationRequestWithTimelineSchema>;

export function toDelegationRequest(row: DelegationRequestRow): DelegationRequest {
  return {
    id: row.id,
    nickname: row.nickname,
    scope: row.scope,
    accountId: row.accountId,
    roleName: row.roleName,
    organizationScope: row.organizationScope && (completeScope(row.organizationScope) as DelegationRequest['organizationScope']),
    warnings: row.warnings,
    phase: row.phase,
    awsState: row.awsState,
    awsRequestId: row.awsRequestId,
    consoleUrl: row.consoleUrl,
    expiresAt: row.phase === 'requested' ? (row.expiresAt?.toISOString() ?? null) : null,
    failure: row.failureCode === null ? null : { code: row.failureCode, message: row.failureMessage ?? '' },
    stack: row.stackName !== null && row.stackStatus !== null ? { name: row.stackName, status: row.stackStatus } : null,
    reviewerPermissions: [...reviewerPermissions],
    cloudId: row.cloudId,
    organizationId: row.organizationId,
    resentAs: row.resentAs,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toTimelineEntry(row: DelegationEventRow): z.infer<typeof timelineEntrySchema> {
  return { id: row.number, at: row.at.toISOString(), type: row.type, message: row.message, detail: row.detail };
}
