import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { expect } from 'vitest';
import type { RequestResource, TestStack } from './stack.ts';

/** Nothing lost, nothing done twice: one stack ever, one role, one cloud, and a timeline with each entry once. */
export async function expectOnboardedOnce(stack: TestStack, done: RequestResource, accountId: string): Promise<void> {
  expect(done).toMatchObject({ phase: 'completed', failure: null });

  const cloudFormation = stack.cloudFormation(accountId);
  // Unlike DescribeStacks it knows of deleted ones too.
  const { StackSummaries } = await cloudFormation.send(new ListStacksCommand({}));
  cloudFormation.destroy();
  expect(StackSummaries?.map(({ StackName, StackStatus }) => [StackName, StackStatus])).toEqual([[`muster-${done.id}`, 'CREATE_COMPLETE']]);
  expect(await stack.ownRoles(accountId)).toEqual(['MusterHarvesting']);

  const { items } = await stack.api.get<{ items: { id: string }[] }>(`/v1/clouds?search=${accountId}`);
  expect(items.map(({ id }) => id)).toEqual([done.cloudId]);
  const owners = await stack.sql`select owner_type, owner_id from nicknames where nickname = ${`Account ${accountId}`}`;
  expect(owners).toEqual([{ owner_type: 'cloud', owner_id: done.cloudId }]);

  const timeline = done.timeline!;
  expect(timeline.map(({ id }) => id)).toEqual(timeline.map((_entry, index) => index + 1));
  const told = timeline.map(({ type, message, detail }) => JSON.stringify([type, message, detail]));
  expect(told.filter((entry, index) => told.indexOf(entry) !== index)).toEqual([]);
  const types = timeline.map(({ type }) => type);
  for (const type of ['requested', 'created', 'exchange_token', 'deploying', 'verified', 'completed']) {
    expect(types.filter((other) => other === type)).toEqual([type]);
  }
}
