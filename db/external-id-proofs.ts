import { and, eq, inArray, sql } from 'drizzle-orm';
import type { ExternalIdProof } from '../domain/clouds/external-id-proof.ts';
import type { Queryable } from './client.ts';
import { recordset } from './recordset.ts';
import { externalIdProofs } from './schema/index.ts';

/** The proof of one role. */
export interface RoleProof extends ExternalIdProof {
  roleArn: string;
}

/** The known proofs of roles that one credential set assumes, by ARN. */
export async function loadProofs(db: Queryable, credentialSetId: string, roleArns: readonly string[]): Promise<Map<string, RoleProof>> {
  if (roleArns.length === 0) return new Map();
  const { roleArn, enforced, askedAt } = externalIdProofs;
  const rows = await db
    .select({ roleArn, enforced, askedAt })
    .from(externalIdProofs)
    .where(and(eq(externalIdProofs.credentialSetId, credentialSetId), inArray(roleArn, [...roleArns])));
  return new Map(rows.map((row) => [row.roleArn, row]));
}

/** Stores proofs. An older proof does not replace a newer one. Does nothing if the credential set is gone. */
export async function saveProofs(db: Queryable, credentialSetId: string, proofs: readonly RoleProof[]): Promise<void> {
  if (proofs.length === 0) return;
  await db.execute(sql`
    insert into external_id_proofs (credential_set_id, role_arn, enforced, asked_at)
    select s.id, r."roleArn", r."enforced", r."askedAt"
    from (select id from credential_sets where id = ${credentialSetId} for key share) s
    cross join ${recordset('r', proofs, { roleArn: 'text', enforced: 'boolean', askedAt: 'timestamptz' })}
    order by r."roleArn"
    on conflict (credential_set_id, role_arn) do update set enforced = excluded.enforced, asked_at = excluded.asked_at
      where external_id_proofs.asked_at < excluded.asked_at`);
}
