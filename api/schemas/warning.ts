import { z } from '@hono/zod-openapi';
import type { WarningAcknowledgement } from '../../db/clouds/acknowledged-warnings.ts';
import type { CloudWarning } from '../../domain/clouds/status.ts';
import { timestamp } from './fields.ts';

const warningFields = {
  code: z.string(),
  action: z.string().optional(),
  message: z.string(),
  policy: z.string().optional().openapi({ description: 'The name of the service control policy.' }),
  policyId: z.string().optional().openapi({ description: "AWS's id of that policy.", example: 'p-ab12cd34' }),
};

/** A warning as a check found it. */
export const checkedWarningSchema = z.object(warningFields);

/** A warning of a cloud, and the acknowledgement that covers it (O18). */
export const warningSchema = z.object({
  ...warningFields,
  acknowledged: z
    .object({ id: z.guid(), by: z.string(), reason: z.string(), until: timestamp })
    .nullable()
    .openapi({ description: 'The acknowledgement that covers the warning. `status` does not count such a warning.' }),
});

/** The hash of a policy's text is Muster's own. */
export function toCheckedWarning({ policyHash: _own, ...warning }: CloudWarning): z.infer<typeof checkedWarningSchema> {
  return warning;
}

export function toWarning(warning: CloudWarning, acknowledged: WarningAcknowledgement | null): z.infer<typeof warningSchema> {
  return { ...toCheckedWarning(warning), acknowledged };
}
