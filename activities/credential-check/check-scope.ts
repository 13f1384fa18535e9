import { ListTagsForResourceCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { cancellationSignal, sleep } from '@temporalio/activity';
import { accountIdPattern, rootIdPattern } from '../../domain/aws/fields.ts';
import { usableBucket } from '../../domain/organizations/rates.ts';
import { emptyBucket, fullBucket, takeCall } from '../../domain/organizations/token-bucket.ts';
import type { CredentialCheckItem } from '../../workflows/contracts/credential-check.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, isRefusal, meaningOf } from '../aws/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { forEachAtMost } from '../side-by-side.ts';
import { assumeOrganizationRole, notTried } from './assume-organization-role.ts';

const lanes = 5;
const maxTries = 5;

/**
 * Asks AWS whether the organization has each unit and account that the scope names (O8). Returns an item for each id that it
 * lacks, or one item that passed. ListTagsForResource takes roots, units and accounts, and has the highest rate of the
 * operations that do: 50 ids take about 4 s.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
 */
export async function checkScope(
  dependencies: ActivityDependencies,
  { credentialSetId, scopeIds }: { credentialSetId: string; scopeIds: string[] },
): Promise<CredentialCheckItem[]> {
  const { role, partition, session } = await assumeOrganizationRole(dependencies, credentialSetId);
  if (!session) return [{ name: 'scope', passed: false, message: notTried }];
  const client = dependencies.aws.organizationsAs(session, partition);
  const pace = new Pace();
  const unknown = new Set<string>();
  try {
    await forEachAtMost(new Set(scopeIds), lanes, async (id) => {
      if (!(await exists(client, id, pace))) unknown.add(id);
    });
  } catch (error) {
    if (!isRefusal(meaningOf(error)))
      throw awsFailure(error, `The role ${role.roleArn} could not look up the units and accounts of the scope`);
    const message = `AWS does not allow the role to look up the units and accounts of the scope. AWS says: ${(error as Error).message}`;
    return [{ name: 'scope', passed: false, message }];
  }
  if (unknown.size === 0) {
    return [{ name: 'scope', passed: true, message: 'The organization has every unit and account that the scope names.' }];
  }
  return scopeIds
    .filter((id) => unknown.has(id))
    .map((id) => ({ name: 'scope' as const, id, passed: false, message: `The organization has no ${nounOf(id)} ${id}.` }));
}

/** Makes each call wait for its turn at AWS's published rate. */
class Pace {
  private readonly bucket = usableBucket('ListTagsForResource');
  private level = fullBucket(this.bucket, performance.now());

  async turn(): Promise<void> {
    const { level, waitMs } = takeCall(this.bucket, this.level, performance.now());
    this.level = level;
    await sleep(waitMs);
  }

  /** The customer's own tools have used the calls. */
  empty(): void {
    if (this.level.calls > 0) this.level = emptyBucket(performance.now());
  }
}

/** A call that AWS throttles is repeated, because a new attempt of the activity would ask for all ids again. */
async function exists(client: OrganizationsClient, id: string, pace: Pace): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    await pace.turn();
    try {
      await client.send(new ListTagsForResourceCommand({ ResourceId: id }), { abortSignal: cancellationSignal() });
      return true;
    } catch (error) {
      if (awsCodeOf(error) === 'TargetNotFoundException') return false;
      if (meaningOf(error) !== failureTypes.throttled || tries === maxTries) throw error;
      pace.empty();
    }
  }
}

function nounOf(id: string): string {
  if (accountIdPattern.test(id)) return 'account';
  return rootIdPattern.test(id) ? 'root' : 'organizational unit';
}
