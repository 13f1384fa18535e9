import { afterAll, beforeAll, expect, it } from 'vitest';
import { formOf, StackOrganizations, type SyncResource } from '../support/stack-organizations.ts';
import { TestStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

interface Change {
  accountId: string;
  name: string;
  change: string;
  badges: { key: string; change: string }[];
}
interface Preview {
  id: string;
  state: string;
  failure: unknown;
  asOf: string;
  complete: boolean;
  counts: Record<string, number>;
  changes: { items: Change[]; total: number };
}
interface Account {
  accountId: string;
  changes: string[];
  badges: { key: string; change: string }[];
}
let stack: TestStack;
let organizations: StackOrganizations;
beforeAll(async () => {
  stack = await TestStack.borrow();
  organizations = new StackOrganizations(stack);
});
afterAll(() => stack?.stop());

/** A preview that may have answered before it was ready. */
async function ready({ id }: Preview): Promise<Preview> {
  const preview = await waitFor(`preview ${id} to end`, async () => {
    const now = await stack.api.get<Preview>(`/v1/previews/${id}`);
    return now.state === 'running' ? null : now;
  });
  expect([preview.state, preview.failure, preview.complete]).toEqual(['ready', null, true]);
  return preview;
}

type Told = Record<string, { changes: string[]; badges: string[] }>;

const sorted = (badges: { key: string; change: string }[]) => badges.map(({ key, change }) => `${change} ${key}`).toSorted();

function toldBy({ changes }: Preview): Told {
  const told: Told = {};
  for (const { accountId, change, badges } of changes.items) {
    const account = (told[accountId] ??= { changes: [], badges: [] });
    account.changes.push(change);
    account.badges.push(...sorted(badges));
  }
  return told;
}

async function doneBy({ id }: SyncResource): Promise<Told> {
  const { items } = await stack.api.get<{ items: Account[] }>(`/v1/syncs/${id}/accounts?limit=200`);
  const changed = items.filter(({ changes }) => changes.length > 0);
  return Object.fromEntries(changed.map(({ accountId, changes, badges }) => [accountId, { changes, badges: sorted(badges) }]));
}

async function changeScope(id: string, scope: unknown): Promise<{ lastSync: SyncResource }> {
  const response = await fetch(new URL(`/v1/organizations/${id}`, stack.info.apiUrl), {
    method: 'PATCH',
    headers: { authorization: `Bearer ${stack.info.adminApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { lastSync: SyncResource };
}

it('O16: a preview of an add, and then of a scope edit, shows exactly the changes that the add and the edit make', async () => {
  const made = await organizations.make({ accounts: 12, tagsPerAccount: 2, suspended: 1 });
  const fields = { nickname: 'Previewed', scope: { autoRemoveSuspended: true } };
  const accountIds = [made.managementAccountId, ...(await organizations.members(made)).map(({ Id }) => Id!)];
  const ofAdd = await ready(await stack.api.post<Preview>('/v1/organizations/preview', formOf(made, fields)));
  expect(ofAdd.counts).toMatchObject({ listed: 12, added: 11, excluded: 1, removed: 0 });
  const [left] = await stack.sql`
    select (select count(*)::int from credential_sets where role_arn = ${made.organizationRole.roleArn}) as sets,
      (select count(*)::int from clouds where account_id in ${stack.sql(accountIds)}) as clouds`;
  expect(left).toEqual({ sets: 0, clouds: 0 });

  const added = await organizations.add(made, fields);
  const add = await organizations.completed(added.lastSync.id);
  expect(toldBy(ofAdd)).toEqual(await doneBy(add));
  expect(add.counts).toMatchObject({ added: ofAdd.counts['added'], excluded: ofAdd.counts['excluded'] });

  const out = ofAdd.changes.items.filter(({ change }) => change === 'add').slice(0, 2);
  const scope = { excludeAccountIds: out.map(({ accountId }) => accountId) };
  const askedAt = Date.now();
  const ofEdit = await ready(await stack.api.post<Preview>(`/v1/organizations/${added.id}/preview`, { scope }));
  expect(ofEdit.counts).toMatchObject({ listed: 12, added: 1, removed: 2 });
  // It uses the listing of the add and makes none of its own.
  expect(Date.parse(ofEdit.asOf)).toBeGreaterThan(Date.parse(ofAdd.asOf));
  expect(Date.parse(ofEdit.asOf)).toBeLessThan(askedAt);
  const { lastSync } = await changeScope(added.id, scope);
  await organizations.completed(lastSync.id);
  expect(toldBy(ofEdit)).toEqual(await doneBy(lastSync));

  const again = await ready(await stack.api.post<Preview>(`/v1/organizations/${added.id}/preview`, {}));
  expect(again.changes.items.filter(({ change }) => change !== 'exclude')).toEqual([]);
  expect(Date.parse(again.asOf)).toBeGreaterThan(Date.parse(ofEdit.asOf));
});
