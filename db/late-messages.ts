import type { Transaction } from './client.ts';
import type { InboxRow } from './schema/rows.ts';
import { appendTimeline } from './timeline.ts';

type LateMessage = Pick<InboxRow, 'messageId' | 'awsState' | 'awsRequestId' | 'attempt' | 'awsUpdatedAt'>;

/** Adds messages to the timeline of a request that has ended (D3). Messages that its run recorded before the end stay as they are. */
export async function appendLateMessages(tx: Transaction, requestId: string, messages: readonly LateMessage[]): Promise<void> {
  const at = new Date().toISOString();
  await appendTimeline(
    tx,
    requestId,
    messages.map(({ messageId, awsState, awsRequestId, attempt, awsUpdatedAt }) => ({
      key: `message/${messageId}`,
      at,
      type: 'late_message',
      message: `AWS reported ${awsState ?? 'an exchange token'} after the request had ended. The message changed nothing.`,
      detail: { awsRequestId, attempt, awsState, updatedAt: awsUpdatedAt?.toISOString() },
    })),
  );
}
