import { paginateListRoots, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { cancellationSignal } from '@temporalio/activity';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { failure } from '../../failures.ts';

/** OUs that one call of StackSets takes (aws-facts §3.4). */
const unitsPerCall = 50;

/**
 * The units that a request's stack set goes to, as StackSets takes them: those to which the scope is limited, or the root,
 * which is every account. The same for the same scope, so that each batch is known again by its number.
 */
export async function stackSetTargets(organizations: OrganizationsClient, includeOuIds: readonly string[]): Promise<string[][]> {
  const units = includeOuIds.length > 0 ? includeOuIds.toSorted() : [await findRoot(organizations)];
  return Array.from({ length: Math.ceil(units.length / unitsPerCall) }, (_, index) =>
    units.slice(index * unitsPerCall, (index + 1) * unitsPerCall),
  );
}

/** An organization has one root; a page may be empty and still not be the last. */
async function findRoot(client: OrganizationsClient): Promise<string> {
  for await (const { Roots } of paginateListRoots({ client }, {}, { abortSignal: cancellationSignal() })) {
    const id = Roots?.[0]?.Id;
    if (id) return id;
  }
  throw failure(failureTypes.transient, "AWS named no root of the account's organization", { code: 'aws_unavailable' });
}
