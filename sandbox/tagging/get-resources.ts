/**
 * tagging:GetResources for accounts of an organization, the one resource type that the sandbox has there. It answers "all
 * resources that are currently tagged or ever had a tag" (API model), to the management account, in the partition's home
 * Region.
 */
import { partitionOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { arnOf } from '../organizations/arns.ts';
import { allAccountIds, firstAfter } from '../organizations/listing.ts';
import { organizationsState } from '../organizations/state.ts';
import type { Organization } from '../organizations/state.ts';
import { organizationOf } from '../organizations/tree.ts';
import { matchesFilters, readFilters } from './filters.ts';
import type { Filters } from './filters.ts';
import { readToken, writeToken } from './tokens.ts';

/** Where Organizations is (General Reference, "AWS Organizations endpoints and quotas"). */
const homeRegions: Record<string, string> = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-northwest-1',
  'aws-eusc': 'eusc-de-east-1',
};

export const getResources: Operation = (input, call) => {
  const filters = readFilters(input);
  const size = readPageSize(input.ResourcesPerPage);
  call.authorize('tag:GetResources', '*');
  const token = input.PaginationToken;
  const after = token === undefined || token === '' ? '' : readToken(token);
  const page = indexed(call, filters, after, size + 1);
  const shown = page.slice(0, size);
  return {
    PaginationToken: page.length > size ? writeToken(shown.at(-1)!.id) : '',
    ResourceTagMappingList: shown.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
};

/** "a minimum of 1 and a maximum value of 100", which is also the default. */
function readPageSize(value: unknown): number {
  if (value === undefined || value === null) return 100;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 100) {
    throw new AwsError('InvalidParameterException', 'ResourcesPerPage must be between 1 and 100.');
  }
  return value;
}

interface IndexedAccount {
  id: string;
  arn: string;
  tags: ReadonlyMap<string, string>;
}

/** Up to `limit` accounts after one, as the index knows them: late, and perhaps not all (PUT /_sandbox/organizations/settings). */
function indexed(call: Call, filters: Filters, after: string, limit: number): IndexedAccount[] {
  const { world, caller, region } = call;
  const organization = organizationOf(world, caller.accountId);
  const isHome = homeRegions[partitionOfArn(caller.arn)] === region;
  const isAsked = filters.types.some((type) => type === 'organizations' || type === 'organizations:account');
  if (!organization || organization.managementAccountId !== caller.accountId || !isHome || !isAsked) return [];
  const missing = new Set(organizationsState.of(world).settings.tagging.missingAccountIds);
  const ids = allAccountIds(organization);
  const found: IndexedAccount[] = [];
  for (let index = firstAfter(ids, after); index < ids.length && found.length < limit; index += 1) {
    const id = ids[index]!;
    const tags = missing.has(id) ? undefined : shownTags(call, organization, id);
    if (tags && matchesFilters(tags, filters)) found.push({ id, arn: arnOf(organization, id), tags });
  }
  return found;
}

function shownTags({ world }: Call, organization: Organization, id: string): ReadonlyMap<string, string> | undefined {
  const { settings, formerTags } = organizationsState.of(world);
  const former = formerTags.get(id);
  if (former && former.changedAt + settings.tagging.lagSeconds * 1000 > Date.now()) return former.tags;
  return organization.accounts.get(id)!.tags;
}
