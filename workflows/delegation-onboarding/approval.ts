import { ApplicationFailure, condition, patched } from '@temporalio/workflow';
import { currentState, isSettled, type DelegationProgress } from '../../domain/delegation/progress.ts';
import { describeWait } from '../../domain/delegation/wording.ts';
import { failureTypes } from '../contracts/failures.ts';
import { registry } from '../lib/activity-options.ts';
import * as endings from './endings.ts';
import type { Onboarding } from './onboarding.ts';

/** Waits until people have approved the request, or until AWS's limits and the grace are over (D7). */
export async function awaitApproval(onboarding: Onboarding): Promise<void> {
  const { mailbox, status } = onboarding;
  while (!isSettled(mailbox.progress)) {
    const seen = mailbox.progress;
    const state = currentState(seen);
    const deadline = mailbox.deadline();
    if (!state || !deadline) throw ApplicationFailure.nonRetryable('The request has no state to wait in', failureTypes.defect);
    status.show(describeWait(state), deadline.awsEnds);
    const heard = await condition(() => mailbox.progress !== seen, Math.max(0, deadline.weEnd - Date.now()));
    if (heard || (await hearsLate(onboarding, seen))) continue;
    throw deadline.outcome === 'expired' ? endings.expired() : endings.tokenNotReceived();
  }
  const { ended } = mailbox.progress;
  if (ended === 'rejected') throw endings.rejected();
  if (ended === 'expired') throw endings.expired();
}

/** Waits after the deadline for messages that are still in the inbox, because one may be the approval (D7, D10). True if one arrives. */
async function hearsLate({ run, timings, mailbox, status }: Onboarding, seen: DelegationProgress): Promise<boolean> {
  if (!patched('looks-into-inbox')) return false;
  if (await registry.hasUndeliveredMessages(run)) {
    status.show('Waiting for notifications from AWS that have not reached this run yet', Date.now() + timings.delivery);
    return await condition(() => mailbox.progress !== seen, timings.delivery);
  }
  return mailbox.progress !== seen;
}
