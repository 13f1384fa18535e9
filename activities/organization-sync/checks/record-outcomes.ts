import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { clouds, syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { AccountRange } from '../../../workflows/contracts/organization-sync.ts';
import { warningsOfTags } from '../../role-check/record-cloud-check.ts';

/**
 * Writes the outcomes of a recheck to its clouds. A cloud that was checked since, was suspended or left the
 * organization keeps its status. A check that was given up changes only a pending cloud (domain/clouds/check.ts).
 */
export async function recordOutcomes(db: Database, { syncId, from, to }: AccountRange): Promise<void> {
  await db.execute(sql`
    update ${clouds}
    set status = outcome.status,
        status_code = outcome.status_reason ->> 'code',
        status_message = outcome.status_reason ->> 'message',
        warnings = ${warningsOfTags} || coalesce(outcome.warnings, '[]'::jsonb),
        last_checked_at = coalesce(outcome.checked_at, clouds.last_checked_at),
        updated_at = now()
    from ${syncAccounts} as outcome
    join ${syncs} as work on work.id = outcome.sync_id
    where outcome.sync_id = ${syncId}
      and outcome.number between ${from} and ${to}
      and outcome.status is not null
      and clouds.organization_id = work.organization_id
      and clouds.account_id = outcome.account_id
      and clouds.status <> 'suspended'
      and case outcome.check_state
        when 'done' then clouds.last_checked_at is null or clouds.last_checked_at < outcome.checked_at
        else clouds.status = 'pending' and outcome.check_state = 'deferred'
      end`);
}
