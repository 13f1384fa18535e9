import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { AwsDelegationState } from '../domain/delegation/states.ts';
import { delegationStateChanged, delegationWorkflowId, exchangeTokenReceived } from '../workflows/contracts/delegation-onboarding.ts';
import type { InboxRow } from '../db/schema/rows.ts';

/** Timeout in milliseconds. The message is already stored, and SNS waits 15 s for the webhook's answer. */
const defaultTimeoutMs = 8_000;

/** Sends stored messages to the runs of their requests. */
export interface OnboardingSignals {
  /** Signals a message to its run; false if there is no run. Throws if Temporal does not answer. */
  send(row: InboxRow): Promise<boolean>;
}

export function createOnboardingSignals(client: Client, timeoutMs = defaultTimeoutMs): OnboardingSignals {
  return {
    async send(row) {
      const handle = client.workflow.getHandle(delegationWorkflowId(row.requestId!));
      const about = {
        messageId: row.messageId,
        attempt: row.attempt!,
        awsRequestId: row.awsRequestId!,
        updatedAt: row.awsUpdatedAt!.toISOString(),
        ...(row.ownerAccountId ? { ownerAccountId: row.ownerAccountId } : {}),
      };
      const send = () =>
        row.type === 'ExchangeToken'
          ? handle.signal(exchangeTokenReceived, { ...about, tokenReference: row.id, expiresAt: row.tokenExpiresAt!.toISOString() })
          : handle.signal(delegationStateChanged, { ...about, state: row.awsState as AwsDelegationState });
      try {
        await client.connection.withDeadline(Date.now() + timeoutMs, send);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}
