import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { findFreePort } from '../dev/process/ports.ts';
import { createOnboardingSignals } from './signals.ts';
import type { InboxRow } from '../db/schema/rows.ts';

it('D10: Temporal that does not answer is told apart from a run that is not there, and does not hold the caller for ever', async () => {
  const connection = Connection.lazy({ address: `127.0.0.1:${await findFreePort()}` });
  const signals = createOnboardingSignals(new Client({ connection }), 300);
  const row = { id: 'row', messageId: 'm', requestId: 'r', type: 'StateChange', attempt: 1, awsRequestId: 'dr', awsState: 'assigned' };
  await expect(signals.send({ ...row, awsUpdatedAt: new Date() } as InboxRow)).rejects.toThrow();
  await connection.close();
});
