import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { InboxRow } from '../db/schema/rows.ts';
import { findFreePort } from '../dev/process/ports.ts';
import { createOnboardingSignals } from './signals.ts';

const at = new Date('2026-01-15T10:30:00.123Z');
const row = {
  id: 'row',
  messageId: 'm',
  requestId: 'r',
  type: 'StateChange',
  attempt: 1,
  awsRequestId: 'dr',
  awsState: 'assigned',
  awsUpdatedAt: at,
} as InboxRow;

it('D10: a Temporal that does not answer is an error after the timeout, unlike a run that is gone', async () => {
  const connection = Connection.lazy({ address: `127.0.0.1:${await findFreePort()}` });
  const signals = createOnboardingSignals(new Client({ connection }), 300);
  await expect(signals.send(row)).rejects.toThrow();
  await connection.close();
});

describe('D10: a stored message', () => {
  /** Sends a row to a Temporal whose runs receive signals through `signal`. */
  async function send(sent: InboxRow, signal: (...what: unknown[]) => Promise<void>): Promise<boolean> {
    const workflow = {
      getHandle: (id: string) => ({ signal: ({ name }: { name: string }, message: unknown) => signal(id, name, message) }),
    };
    const connection = { withDeadline: async <Result>(_deadline: number, call: () => Promise<Result>) => await call() };
    return await createOnboardingSignals({ workflow, connection } as unknown as Client).send(sent);
  }
  const about = { messageId: 'm', attempt: 1, awsRequestId: 'dr', updatedAt: at.toISOString() };

  it.each([
    ['with a state', row, ['delegation/r', 'delegationStateChanged', { ...about, state: 'assigned' }]],
    [
      'with a token, as a reference to its row',
      { ...row, type: 'ExchangeToken', tokenExpiresAt: at },
      ['delegation/r', 'exchangeTokenReceived', { ...about, tokenReference: 'row', expiresAt: at.toISOString() }],
    ],
  ] as const)('%s reaches its run, and counts as delivered', async (_what, sent, expected) => {
    const signalled: unknown[] = [];
    expect(await send(sent, async (...what) => void signalled.push(what))).toBe(true);
    expect(signalled).toEqual([expected]);
  });

  it('does not count as delivered if its run is gone', async () => {
    expect(await send(row, () => Promise.reject(new WorkflowNotFoundError('gone', 'delegation/r', undefined)))).toBe(false);
  });
});
