import { paginateListRoots, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { cancellationSignal } from '@temporalio/activity';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { failure } from '../../failures.ts';

/** Maximum number of OUs in one call of StackSets (CloudFormation user guide, "Understand CloudFormation quotas"). */
const unitsPerCall = 50;

/**
 * The targets of a request's stack set, in batches that StackSets accepts: the OUs of the scope, or the root for every
 * account. The batches of a scope are always the same, so that a batch's number identifies it.
 */
export async function stackSetTargets(organizations: OrganizationsClient, includeOuIds: readonly string[]): Promise<string[][]> {
  const units = includeOuIds.length > 0 ? includeOuIds.toSorted() : [await findRoot(organizations)];
  return Array.from({ length: Math.ceil(units.length / unitsPerCall) }, (_, index) =>
    units.slice(index * unitsPerCall, (index + 1) * unitsPerCall),
  );
}

/** An organization has one root. AWS may return an empty page before it. */
async function findRoot(client: OrganizationsClient): Promise<string> {
  for await (const { Roots } of paginateListRoots({ client }, {}, { abortSignal: cancellationSignal() })) {
    const id = Roots?.[0]?.Id;
    if (id) return id;
  }
  throw failure(failureTypes.transient, "AWS returned no root of the account's organization", { code: 'aws_unavailable' });
}
