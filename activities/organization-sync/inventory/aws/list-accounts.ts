import { ListAccountsCommand, type Account } from '@aws-sdk/client-organizations';
import { readAccountState } from '../../../../domain/organizations/account-state.ts';
import { parseAccountPath } from '../../../../domain/organizations/tree.ts';
import { completeAccounts, writeAccounts, type SnapshotAccount } from '../write-accounts.ts';
import type { AccountProgress } from '../account-progress.ts';
import { runListing } from '../run-listing.ts';
import type { Sweep } from './begin-sweep.ts';
import type { InventoryOperation } from './organization-caller.ts';

/** AWS's maximum. */
export const pageSize = 20;

/** Lists the accounts. Calls `seen` with each page's places, once the page counts as progress. */
export async function listAccounts(sweep: Sweep, progress: AccountProgress, seen: (places: string[][]) => void): Promise<void> {
  const { organizations, syncId } = sweep;
  let upTo = progress.upTo;
  await runListing<InventoryOperation, SnapshotAccount>(sweep, {
    name: 'accounts',
    operation: 'ListAccounts',
    attempted: 'The accounts of the organization could not be listed',
    async fetch(NextToken, abortSignal) {
      const page = await organizations.send(new ListAccountsCommand({ NextToken, MaxResults: pageSize }), { abortSignal });
      return {
        items: (page.Accounts ?? []).flatMap((account) => readAccount(account, sweep.awsOrganizationId)),
        nextToken: page.NextToken,
      };
    },
    async write(tx, accounts, { pass, isLast, lastNumber }) {
      upTo = await writeAccounts(tx, { syncId, lastNumber, pass, accounts });
      if (isLast) await completeAccounts(tx, { syncId, pass });
    },
    written(accounts) {
      progress.advance(upTo);
      seen(accounts.flatMap(({ ancestors }) => (ancestors ? [ancestors] : [])));
    },
  });
  progress.finish();
}

function readAccount(account: Account, awsOrganizationId: string): SnapshotAccount[] {
  if (!account.Id) return [];
  const place = (account.Paths ?? []).map(parseAccountPath).find((path) => path?.organizationId === awsOrganizationId);
  return [
    {
      accountId: account.Id,
      name: account.Name ?? account.Id,
      email: account.Email ?? null,
      state: readAccountState({ state: account.State, status: account.Status }),
      joinedAt: account.JoinedTimestamp ?? null,
      ancestors: place ? [...place.ancestors] : null,
    },
  ];
}
