import { z } from '@hono/zod-openapi';
import type { AcknowledgementRow } from '../../db/schema/rows.ts';
import { acknowledgeableCodes, maxAcknowledgedDays } from '../../domain/clouds/acknowledgement.ts';
import { bodyObject, givenId, idParameters, patterned, timestamp, visibleText } from './fields.ts';

const dayMs = 86_400_000;
const reasonRule = 'reason must be text of 10 to 500 characters, without control characters.';
const untilRule = `until must be a time in the future, at most ${maxAcknowledgedDays} days ahead, such as "2027-01-31T00:00:00Z".`;
const codeRule = `code must be one of ${acknowledgeableCodes.join(', ')}.`;

/** A new acknowledgement: the warning that it settles, the reason and the end. */
export const newAcknowledgement = z
  .strictObject(
    {
      code: z.enum(acknowledgeableCodes, { error: codeRule }),
      policyId: patterned(/^p-[0-9a-zA-Z_]{8,128}$/, 'policyId must be the id of a policy, such as "p-ab12cd34".').optional(),
      action: patterned(/^[a-zA-Z0-9-]{1,64}:[a-zA-Z0-9]{1,128}$/, 'action must be an action, such as "s3:ListAllMyBuckets".').optional(),
      reason: visibleText(500, reasonRule).refine((text) => [...text].length >= 10, { error: reasonRule }),
      until: z.iso
        .datetime({ offset: true, error: untilRule })
        .refine((text) => Date.parse(text) > Date.now() && Date.parse(text) <= Date.now() + maxAcknowledgedDays * dayMs, {
          error: untilRule,
        }),
    },
    bodyObject('The body'),
  )
  .refine(({ policyId, action }) => policyId !== undefined || action !== undefined, {
    path: ['action'],
    error: 'Name the action or the policy of the warning, as the warning shows them.',
  })
  .openapi('NewAcknowledgement');

export const acknowledgementSchema = z
  .object({
    id: z.guid(),
    state: z.enum(['active', 'ended']),
    code: z.enum(acknowledgeableCodes),
    policyId: z.string().nullable(),
    action: z.string().nullable(),
    reason: z.string(),
    until: timestamp,
    by: z.string().openapi({ description: 'The name of the API key that made it.' }),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('Acknowledgement');

export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

export const acknowledgementParameters = idParameters.extend({ ackId: givenId() });

export function toAcknowledgement(row: AcknowledgementRow): Acknowledgement {
  const isActive = row.endedAt === null && row.until.getTime() > Date.now();
  return {
    id: row.id,
    state: isActive ? 'active' : 'ended',
    code: row.code,
    policyId: row.policyId,
    action: row.action,
    reason: row.reason,
    until: row.until.toISOString(),
    by: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    endedAt: isActive ? null : (row.endedAt ?? row.until).toISOString(),
  };
}
