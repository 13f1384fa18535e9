import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { settleClouds } from '../../../db/clouds/settle-clouds.ts';
import { newId } from '../../../db/ids.ts';
import { acknowledgements } from '../../../db/schema/index.ts';
import type { AcknowledgeableCode } from '../../../domain/clouds/acknowledgement.ts';
import type { Call } from '../../context.ts';
import type { Once } from '../../idempotency/once.ts';
import { invalid } from '../../problems/errors.ts';
import { toAcknowledgement, type Acknowledgement } from '../../schemas/acknowledgement.ts';
import { recordAudit } from '../audit/record.ts';
import { columnsOf, lockOwner, type Owner } from './owner.ts';

/** The validated fields of an acknowledgement. */
export interface NewAcknowledgement {
  code: AcknowledgeableCode;
  policyId?: string | undefined;
  action?: string | undefined;
  reason: string;
  /** ISO 8601. */
  until: string;
}

/**
 * Settles a warning of a cloud, or of all clouds of an organization, until a time (O18). It holds for exactly this code,
 * policy and action, and for the policy's text as it is. Throws not_found, invalid_input if there is no such warning.
 */
export async function acknowledge(
  call: Call,
  owner: Owner,
  input: NewAcknowledgement,
  once: Once<Acknowledgement>,
): Promise<Acknowledgement> {
  return await call.deps.database.db.transaction(async (tx) => {
    const id = newId();
    await once.claim(tx, id);
    await lockOwner(tx, owner);
    const warning = await findWarning(tx, owner, input);
    if (!warning) throw noSuchWarning(owner);
    const { code, policyId = null, action = null, reason, until } = input;
    const columns = columnsOf(owner);
    const [row] = await tx
      .insert(acknowledgements)
      .values({
        id,
        ...columns,
        code,
        policyId,
        policyHash: warning.hash,
        action,
        reason,
        until: new Date(until),
        createdBy: call.actor.name,
        createdAt: new Date(),
      })
      .returning();
    await settleClouds(tx, columns, code);
    await recordAudit(tx, call, {
      action: `${owner.type}.warning_acknowledged`,
      target: owner,
      detail: { acknowledgementId: id, code, policyId, action, reason, until: row!.until.toISOString() },
    });
    const made = toAcknowledgement(row!);
    await once.keep(tx, made);
    return made;
  });
}

/** The newest warning that the acknowledgement is about, with the hash of its policy's text. */
async function findWarning(tx: Transaction, owner: Owner, input: NewAcknowledgement): Promise<{ hash: string | null } | null> {
  const { code, policyId = null, action = null } = input;
  const { cloudId, organizationId } = columnsOf(owner);
  const [warning] = await tx.execute<{ hash: string | null }>(sql`
    select w ->> 'policyHash' as hash from clouds c cross join lateral jsonb_array_elements(c.warnings) w
    where (c.id = ${cloudId}::uuid or c.organization_id = ${organizationId}::uuid)
      and w ->> 'code' = ${code} and w ->> 'action' is not distinct from ${action}::text
      and w ->> 'policyId' is not distinct from ${policyId}::text
    order by c.last_checked_at desc nulls last, c.id limit 1`);
  return warning ?? null;
}

function noSuchWarning({ type }: Owner) {
  const message =
    type === 'cloud'
      ? 'The cloud has no warning with this code, policy and action. Copy all three as the warning shows them; leave out what it does not have.'
      : 'No cloud of the organization has a warning with this code, policy and action. Copy all three as the warning shows them; leave out what it does not have.';
  return invalid([{ pointer: '/code', message }]);
}
