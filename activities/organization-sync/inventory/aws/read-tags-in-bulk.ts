import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { writeTags, type AccountTags } from '../write-tags.ts';
import { runListing } from '../run-listing.ts';
import type { Sweep } from './begin-sweep.ts';
import type { InventoryOperation } from './organization-caller.ts';

/** The tagging API's maximum. */
const pageSize = 100;

/** Reads the tags of all accounts that the tagging API knows: every account that has or had tags. */
export async function readTagsInBulk(sweep: Sweep): Promise<void> {
  const { tagging, syncId, awsOrganizationId } = sweep;
  await runListing<InventoryOperation, AccountTags>(sweep, {
    name: 'tagging_resources',
    operation: 'GetResources',
    attempted: 'The tags of the accounts could not be read in bulk',
    async fetch(PaginationToken, abortSignal) {
      const command = new GetResourcesCommand({
        ResourceTypeFilters: ['organizations:account'],
        ResourcesPerPage: pageSize,
        PaginationToken,
      });
      const page = await tagging.send(command, { abortSignal });
      const items = (page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN = '', Tags = [] }) => {
        const accountId = accountOf(ResourceARN, awsOrganizationId);
        if (accountId === null) return [];
        const tags = Object.fromEntries(Tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
        return [{ accountId, tags }];
      });
      // The last page's token is the empty string.
      return { items, nextToken: page.PaginationToken || undefined };
    },
    write: (tx, accounts) => writeTags(tx, syncId, accounts),
  });
}

/** The account in an ARN of Organizations (`…:account/o-…/123456789012`); null if it belongs to another organization. */
function accountOf(arn: string, awsOrganizationId: string): string | null {
  const match = /:organizations::\d{12}:account\/(o-[a-z0-9]+)\/(\d{12})$/.exec(arn);
  return match?.[1] === awsOrganizationId ? match[2]! : null;
}
