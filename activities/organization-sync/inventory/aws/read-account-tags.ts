import { ListTagsForResourceCommand, type ListTagsForResourceCommandOutput } from '@aws-sdk/client-organizations';
import { gone, goneOf } from './refusals.ts';
import type { Sweep } from './begin-sweep.ts';

/** Reads all tags of one account, page by page; null if the account is gone. */
export async function readAccountTags({ caller, organizations }: Sweep, accountId: string): Promise<Record<string, string> | null> {
  const tags: [key: string, value: string][] = [];
  let NextToken: string | undefined;
  do {
    const token = NextToken;
    const page = await caller.call<ListTagsForResourceCommandOutput | typeof gone>({
      operation: 'ListTagsForResource',
      attempted: `The tags of the account ${accountId} could not be read`,
      send: (abortSignal) =>
        organizations.send(new ListTagsForResourceCommand({ ResourceId: accountId, NextToken: token }), { abortSignal }),
      answerOf: goneOf,
    });
    if (page === gone) return null;
    for (const { Key, Value } of page.Tags ?? []) if (Key !== undefined) tags.push([Key, Value ?? '']);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  // An assignment to the key `__proto__` would be lost.
  return Object.fromEntries(tags);
}
