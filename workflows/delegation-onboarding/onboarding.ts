import { ApplicationFailure } from '@temporalio/workflow';
import type { DelegationRequestFacts, DelegationTimings, TokenInput } from '../contracts/delegation-onboarding.ts';
import { failureTypes } from '../contracts/failures.ts';
import type { Journal } from './journal.ts';
import type { Mailbox } from './mailbox.ts';
import type { Removal } from './removal.ts';
import type { Status } from './status.ts';

/** What the steps of one onboarding share. */
export interface Onboarding {
  readonly request: DelegationRequestFacts;
  readonly timings: DelegationTimings;
  readonly journal: Journal;
  readonly mailbox: Mailbox;
  readonly status: Status;
  /** What is to be removed should the request end without a cloud, in this order. */
  readonly removals: Removal[];
}

/**
 * The delegated access, for activities that work with it: the exchange token, and for how long, in milliseconds. No
 * stack operation outlives the delegated session by more than the grace.
 */
export function delegatedAccess({ request, timings, mailbox }: Onboarding): { token: TokenInput; limit: number } {
  const { token } = mailbox.progress;
  if (!token) throw ApplicationFailure.nonRetryable('There is no exchange token', failureTypes.defect);
  return {
    token: { requestId: request.id, tokenReference: token.reference },
    limit: request.sessionDurationSeconds * 1_000 + timings.grace,
  };
}
