import { ApplicationFailure } from '@temporalio/workflow';
import type { DelegationRequestFacts, DelegationTimings, RequestRun, TokenInput } from '../contracts/delegation-onboarding.ts';
import { failureTypes } from '../contracts/failures.ts';
import type { Journal } from './journal.ts';
import type { Mailbox } from './mailbox.ts';
import type { Removal } from './removal.ts';
import type { Status } from './status.ts';

/** The state that the steps of one onboarding share. */
export interface Onboarding {
  /** Names this run to activities. */
  readonly run: RequestRun;
  readonly request: DelegationRequestFacts;
  readonly timings: DelegationTimings;
  readonly journal: Journal;
  readonly mailbox: Mailbox;
  readonly status: Status;
  /** The resources to remove if the request ends without a cloud, in this order. */
  readonly removals: Removal[];
}

/**
 * The exchange token for activities that use the delegated access, and the time limit for them, in milliseconds: an
 * activity may outlive the delegated session by the grace at most.
 */
export function delegatedAccess({ run, request, timings, mailbox }: Onboarding): { token: TokenInput; limit: number } {
  const { token } = mailbox.progress;
  if (!token) throw ApplicationFailure.nonRetryable('There is no exchange token', failureTypes.defect);
  return {
    token: { ...run, tokenReference: token.reference },
    limit: request.sessionDurationSeconds * 1_000 + timings.grace,
  };
}
