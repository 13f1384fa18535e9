import type { DelegationScope } from '../../domain/delegation/states.ts';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';
import type { CredentialCheckResult } from '../../workflows/contracts/credential-check.ts';
import type { KeeperRequest } from '../../workflows/contracts/organization-keeper.ts';
import type { ScheduledKind, ScheduledOrganization } from '../../workflows/contracts/schedule-tick.ts';
import type { RemovalsAnswer } from '../../workflows/contracts/removal-hold.ts';
import type { RunningRecheck } from '../../workflows/contracts/cloud-recheck.ts';

/** The facts of a delegation request that its workflow starts with. */
export interface OpenableRequest {
  id: string;
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
}

/** How asking for a delegation request's link went. */
export type OpenOutcome =
  | { kind: 'opened'; awsRequestId: string | null; consoleUrl: string | null }
  /** The workflow could not create the request; its run ends or has ended. */
  | { kind: 'refused'; code: string; message: string; awsCode: string | null }
  /** No answer in time. `started` is true once a worker took the workflow up. */
  | { kind: 'unanswered'; started: boolean }
  /** The run is over and answers nobody; the row tells how it ended. */
  | { kind: 'ended' };

export type CancelOutcome =
  | { kind: 'cancelled' }
  /** The workflow took it up and is still cleaning up. */
  | { kind: 'cancelling' }
  /** The workflow refused, in this phase. */
  | { kind: 'too_late'; phase: string }
  | { kind: 'ended' }
  /** No worker answered in time, or Temporal is unreachable. */
  | { kind: 'unanswered' };

/** How the check of an organization's credentials went. Unless it has ended by itself, its run was stopped. */
export type CredentialCheckOutcome =
  | ({ kind: 'checked' } & CredentialCheckResult)
  /** No worker took it up in time, or Temporal is unreachable. */
  | { kind: 'unanswered' }
  /** A worker took it up and came to no verdict. */
  | { kind: 'interrupted' };

/** How answering for held removals went. */
export type RemovalsOutcome =
  | { kind: 'answered' }
  /** The hold takes no answer any more; null where it could not say how it ended. */
  | { kind: 'ended'; state: HeldRemovalsState | null }
  /** No worker answered in time, or Temporal is unreachable. */
  | { kind: 'unanswered' };

/** All that the API asks of Temporal. Methods throw only what nobody foresaw, except where they say otherwise. */
export interface WorkflowGateway {
  /** Starts the request's workflow unless it runs, and waits for AWS's answer, at most about 35 seconds. */
  open(request: OpenableRequest): Promise<OpenOutcome>;
  /** Cancels the request's workflow; starts it first if nobody has, so that it ends in an orderly way. */
  cancel(request: OpenableRequest, by: string): Promise<CancelOutcome>;
  /** Starts a recheck; joins the running one, or replaces it. Throws when Temporal does not answer. */
  recheck(cloud: { id: string; accountId: string }, running: RunningRecheck): Promise<void>;
  /** Starts the check of a sealed credential set, or joins the one that runs or has ended; at most about 35 seconds. */
  checkCredentials(set: { id: string; roleArn: string }): Promise<CredentialCheckOutcome>;
  /** Wakes the keeper of an organization (AWS's id), starting it where there is none. Throws when Temporal does not answer. */
  wakeKeeper(awsOrganizationId: string, request: KeeperRequest): Promise<void>;
  /** Starts a preview that goes by an older snapshot, beside the keeper, or joins it. Throws when Temporal does not answer. */
  startSnapshotPreview(preview: { syncId: string; awsOrganizationId: string }): Promise<void>;
  /** Tells the keeper that somebody wants a piece of work to end. Throws when Temporal does not answer. */
  cancelSync(awsOrganizationId: string, request: { syncId: string; by: string }): Promise<void>;
  /** Answers for the removals that a sync holds back. */
  confirmRemovals(syncId: string, answer: RemovalsAnswer): Promise<RemovalsOutcome>;
  /** Ends the hold on a sync's removals, if it runs, because its organization is gone. Throws when Temporal does not answer. */
  supersedeHold(syncId: string): Promise<void>;
  /** Tells the keeper, if there is one, that its organization is gone. Throws when Temporal does not answer. */
  organizationRemoved(awsOrganizationId: string, organizationId: string): Promise<void>;
  /**
   * Pauses or resumes an organization's schedule; makes it first where the reconciler has not yet. `by` tells operators
   * who did. Answers when it is due next, null while it is paused. Throws when Temporal does not answer.
   */
  pauseSchedule(
    organization: ScheduledOrganization,
    kind: ScheduledKind,
    change: { paused: boolean; by: string },
  ): Promise<{ nextRunAt: Date | null }>;
  /** Throws when Temporal does not answer within two seconds. */
  ping(): Promise<void>;
}
