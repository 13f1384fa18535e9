import { z } from '@hono/zod-openapi';
import type { DelegationEventRow, DelegationRequestRow } from '../../db/schema/rows.ts';
import { awsDelegationStates, delegationPhases, reviewerPermissions } from '../../domain/delegation/states.ts';
import { completeScope } from '../../domain/organizations/scope.ts';
import { timestamp } from './fields.ts';
import { scopeSchema } from './organization.ts';

/** A delegation request as the API shows it (D2, D3). */
export const delegationRequestSchema = z
  .object({
    id: z.guid(),
    nickname: z.string(),
    scope: z.enum(['account', 'organization']),
    accountId: z.string(),
    roleName: z.string(),
    // Not `nullable()`: it would make the schema nullable that organizations share.
    organizationScope: z
      .union([scopeSchema, z.null()])
      .openapi({ description: 'Which accounts of the organization are to be imported; null for one account.' }),
    phase: z.enum(delegationPhases).openapi({ description: '`requested` waits for the customer; `awsState` says where.' }),
    awsState: z.enum(awsDelegationStates).nullable().openapi({ description: "AWS's state of the request." }),
    awsRequestId: z.string().nullable(),
    consoleUrl: z.string().nullable().openapi({ description: 'Opens the request in the AWS console; may be handed to an approver.' }),
    expiresAt: timestamp.nullable().openapi({ description: 'When AWS ends the present wait; null when nothing is waited for.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    stack: z.object({ name: z.string(), status: z.string() }).nullable().openapi({ description: 'Null until a stack exists.' }),
    reviewerPermissions: z.array(z.string()).openapi({ description: 'IAM permissions that whoever answers the request needs.' }),
    cloudId: z.guid().nullable().openapi({ description: 'What a request for one account became.' }),
    organizationId: z
      .guid()
      .nullable()
      .openapi({ description: 'What a request for an organization became; see `/v1/organizations/{id}`.' }),
    resentAs: z.guid().nullable().openapi({ description: 'The request that was sent in place of this one.' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('DelegationRequest');

export type DelegationRequest = z.infer<typeof delegationRequestSchema>;

/** One entry of a request's timeline; ids count up from 1 (D8). */
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
