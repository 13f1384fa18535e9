import { eq, isNotNull, and } from 'drizzle-orm';
import { clouds, organizationalUnits } from '../../../db/schema/index.ts';
import { OrganizationTree } from '../../../domain/organizations/tree.ts';
import type { Call } from '../../context.ts';
import { findOrganization } from './find.ts';

/** A root or an organizational unit, with its number of clouds. */
export interface TreeUnit {
  id: string;
  parentId: string | null;
  name: string;
  /** The joined names of the units from the root down. Null until all names are known. */
  path: string | null;
  /** Number of clouds directly under the unit. */
  accountCount: number;
  /** Number of clouds under the unit at any depth. */
  totalAccountCount: number;
}

/** An organization's root and units from the newest complete listing, each after its parent. Throws not_found. */
export async function readTree(call: Call, id: string): Promise<TreeUnit[]> {
  const { db } = call.deps.database;
  await findOrganization(db, id);
  const rows = await db.select().from(organizationalUnits).where(eq(organizationalUnits.organizationId, id));
  const nodes = rows.map(({ ouId, parentId, name }) => ({ id: ouId, parentId, name }));
  const placed = await db
    .select({ parentId: clouds.organizationParentId })
    .from(clouds)
    .where(and(eq(clouds.organizationId, id), isNotNull(clouds.organizationParentId)));
  const tree = new OrganizationTree(nodes);
  const counts = tree.countAccounts(placed.map(({ parentId }) => parentId!));
  const units = nodes.map((node) => {
    const { direct, total } = counts.get(node.id)!;
    return { ...node, path: tree.path(node.id), accountCount: direct, totalAccountCount: total };
  });
  return units.toSorted((a, b) => compare(a.path, b.path) || compare(a.id, b.id));
}

/** A parent sorts before its children, because its path is a prefix of theirs. Units without a path come last. */
function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
