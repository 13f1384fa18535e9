/** A root or an organizational unit. */
export interface TreeNode {
  /** `r-…` or `ou-…`. */
  id: string;
  name: string;
  /** Null for the root. */
  parentId: string | null;
}

/** The place of an account in its organization. */
export interface AccountPath {
  organizationId: string;
  /** From the root down to the account's parent; never empty. */
  ancestors: readonly string[];
}

/**
 * Reads a path as AWS writes it in `Account.Paths` and `OrganizationalUnit.Path`: `o-…/r-…/ou-…/ou-…/`. It also reads an
 * entity path, which ends with the account's id. Null for any other form, so that a future form leads to the slower walk
 * over the tree and not to a wrong place.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html
 */
export function parseAccountPath(path: string): AccountPath | null {
  const match = /^(o-[a-z0-9]+)\/(r-[a-z0-9]+(?:\/ou-[a-z0-9]+-[a-z0-9]+)*)(?:\/\d{12})?\/?$/.exec(path);
  return match ? { organizationId: match[1]!, ancestors: match[2]!.split('/') } : null;
}

/**
 * Joins the names of organizational units, from the root down, with `/`. A `/` in a name becomes `\/` and a `\` becomes
 * `\\`, so that different lists of names give different texts. Accounts directly under the root have the empty path,
 * because the root is not an organizational unit.
 */
export function joinOrganizationPath(names: readonly string[]): string {
  return names.map((name) => name.replaceAll(/[\\/]/g, String.raw`\$&`)).join('/');
}

/**
 * The tree of an organization. It may be incomplete: the methods return null for a unit whose parent has not been read
 * yet, not a wrong path.
 */
export class OrganizationTree {
  private readonly nodes: ReadonlyMap<string, TreeNode>;

  constructor(nodes: Iterable<TreeNode>) {
    this.nodes = new Map(Array.from(nodes, (node) => [node.id, node]));
  }

  /** The ids from the root down to this root or unit; null if one of its ancestors is not known. */
  ancestors(id: string): string[] | null {
    const chain: string[] = [];
    for (let next: string | null = id; next !== null;) {
      const node = this.nodes.get(next);
      // A unit that was moved during the listing can seem to be its own ancestor.
      if (!node || chain.length > this.nodes.size) return null;
      chain.push(next);
      next = node.parentId;
    }
    return chain.toReversed();
  }

  /** The joined names of the units from the root down to this one; null if one is not known. */
  path(id: string): string | null {
    const chain = this.ancestors(id);
    return chain && this.namesOf(chain);
  }

  /** The joined names of these units; null if one is not known yet. */
  namesOf(ancestors: readonly string[]): string | null {
    const names: string[] = [];
    for (const id of ancestors.slice(1)) {
      const node = this.nodes.get(id);
      if (!node) return null;
      names.push(node.name);
    }
    return joinOrganizationPath(names);
  }

  /**
   * Counts the accounts of each root and unit: directly under it (`direct`) and at any depth (`total`). The accounts of an
   * unknown unit count for that unit alone.
   */
  countAccounts(parents: Iterable<string>): Map<string, { direct: number; total: number }> {
    const counts = new Map(Array.from(this.nodes.keys(), (id) => [id, { direct: 0, total: 0 }]));
    const direct = new Map<string, number>();
    for (const id of parents) direct.set(id, (direct.get(id) ?? 0) + 1);
    for (const [parentId, accounts] of direct) {
      for (const id of this.ancestors(parentId) ?? [parentId]) {
        const count = counts.get(id) ?? { direct: 0, total: 0 };
        count.total += accounts;
        if (id === parentId) count.direct += accounts;
        counts.set(id, count);
      }
    }
    return counts;
  }
}
