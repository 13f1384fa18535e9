import { ApplicationFailure, condition, patched } from '@temporalio/workflow';
import { currentState, isSettled, type DelegationProgress } from '../../domain/delegation/progress.ts';
import { describeWait } from '../../domain/delegation/wording.ts';
import { failureTypes } from '../contracts/failures.ts';
import { registry } from '../lib/activity-options.ts';
import * as endings from './endings.ts';
import type { Onboarding } from './onboarding.ts';

/** Waits for people, as long as AWS lets them answer and a little longer (D7). */
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

/** True when a message reaches the run after its deadline that was in our inbox: the approval may be among them (D7, D10). */
async function hearsLate({ request, timings, mailbox, status }: Onboarding, seen: DelegationProgress): Promise<boolean> {
  if (!patched('looks-into-inbox')) return false;
  if (await registry.hasUndeliveredMessages({ requestId: request.id })) {
    status.show('Waiting for notifications from AWS that have not reached this run yet', Date.now() + timings.delivery);
    return await condition(() => mailbox.progress !== seen, timings.delivery);
  }
  return mailbox.progress !== seen;
}
