import type { ScheduleState } from '../../db/organizations/mirror-schedules.ts';
import type { DelegationScope } from '../../domain/delegation/states.ts';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';
import type { CloudRoleProofResult } from '../../workflows/contracts/cloud-role-proof.ts';
import type { CredentialCheckResult } from '../../workflows/contracts/credential-check.ts';
import type { KeeperRequest } from '../../workflows/contracts/organization-keeper.ts';
import type { ScheduledKind, ScheduledOrganization } from '../../workflows/contracts/schedule-tick.ts';
import type { RemovalsAnswer } from '../../workflows/contracts/removal-hold.ts';
import type { RunningRecheck } from '../../workflows/contracts/cloud-recheck.ts';

/** The fields of a delegation request that its workflow starts with. */
export interface OpenableRequest {
  id: string;
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
  /** The number of the run that owns the request. */
  generation: number;
  /** Null if no process has started the workflow yet, as far as the row says. */
  workflowStartedAt: Date | null;
}

/** The result of creating a delegation request at AWS. */
export type OpenOutcome =
  | { kind: 'opened'; awsRequestId: string | null; consoleUrl: string | null }
  /** The workflow could not create the request. Its run ends, or has ended. */
  | { kind: 'refused'; code: string; message: string; awsCode: string | null }
  /** No answer in time. `started` is true if a worker has started the workflow. */
  | { kind: 'unanswered'; started: boolean }
  /** The run has ended and does not answer. The row shows how it ended. */
  | { kind: 'ended' };

export type CancelOutcome =
  | { kind: 'cancelled' }
  /** The workflow accepted the cancellation and still cleans up. */
  | { kind: 'cancelling' }
  /** The workflow refused the cancellation in this phase. */
  | { kind: 'too_late'; phase: string }
  | { kind: 'ended' }
  /** No worker answered in time, or Temporal is unreachable. */
  | { kind: 'unanswered' };

/** The result of a check of an organization's credentials. Without a verdict, the gateway terminates the run. */
export type CredentialCheckOutcome = ({ kind: 'checked' } & CredentialCheckResult) | Unchecked;

/** The end of a check without a verdict. */
export type Unchecked =
  /** No worker started the check in time, or Temporal is unreachable. */
  | { kind: 'unanswered' }
  /** A worker started the check, but reached no verdict. */
  | { kind: 'interrupted' };

/** The result of a proof of a cloud's role. Without a verdict, the gateway terminates the run. */
export type RoleProofOutcome = ({ kind: 'checked' } & CloudRoleProofResult) | Unchecked;

/** The result of an answer to held removals. */
export type RemovalsOutcome =
  | { kind: 'answered' }
  /** The hold accepts no answer any more. `state` is null if the hold did not return it. */
  | { kind: 'ended'; state: HeldRemovalsState | null }
  /** No worker answered in time, or Temporal is unreachable. */
  | { kind: 'unanswered' };

/** A sealed credential set to check, and the ids of a new scope to look up at AWS. */
export interface CredentialsToCheck {
  id: string;
  roleArn: string;
  scopeIds?: string[];
}

/** A sealed credential set of one cloud to prove. */
export interface RoleToProve {
  id: string;
  roleArn: string;
  acceptUnenforced: boolean;
}

/** The API's operations on Temporal. Methods throw only unexpected errors, unless their comment says otherwise. */
export interface WorkflowGateway {
  /** Starts the request's workflow unless it runs, and waits for AWS's answer, until 17 s after the call arrived. */
  open(request: OpenableRequest): Promise<OpenOutcome>;
  /** Cancels the request's workflow, and starts it first if it never started. The outcome is `ended` if its run is lost. */
  cancel(request: OpenableRequest, by: string): Promise<CancelOutcome>;
  /** Starts a recheck, and joins or replaces a running recheck. Throws if Temporal does not answer. */
  recheck(cloud: { id: string; accountId: string }, running: RunningRecheck): Promise<void>;
  /** Starts the check of a sealed credential set, or joins its earlier run. Waits until 17 s after the call arrived. */
  checkCredentials(set: CredentialsToCheck): Promise<CredentialCheckOutcome>;
  /** Starts the proof of a cloud's sealed credentials, or joins its earlier run. Waits at most about 35 s. */
  proveRole(set: RoleToProve): Promise<RoleProofOutcome>;
  /** Wakes the keeper of an organization (by AWS's id), or starts it. Throws if Temporal does not answer. */
  wakeKeeper(awsOrganizationId: string, request: KeeperRequest): Promise<void>;
  /** Starts a preview from a snapshot, independently of the keeper, or joins it. Throws if Temporal does not answer. */
  startSnapshotPreview(preview: { syncId: string; awsOrganizationId: string }): Promise<void>;
  /** Sends the keeper the cancellation of a sync. Throws if Temporal does not answer. */
  cancelSync(awsOrganizationId: string, request: { syncId: string; by: string }): Promise<void>;
  /** Sends the answer to the removal hold of a sync. */
  confirmRemovals(syncId: string, answer: RemovalsAnswer): Promise<RemovalsOutcome>;
  /** Ends the removal hold of a sync, if it runs, because the organization is removed. Throws if Temporal does not answer. */
  supersedeHold(syncId: string): Promise<void>;
  /** Notifies the keeper, if it runs, that its organization is removed. Throws if Temporal does not answer. */
  organizationRemoved(awsOrganizationId: string, organizationId: string): Promise<void>;
  /**
   * Pauses or resumes an organization's schedule, and creates it first if the reconciler has not yet. The schedule's note
   * shows `by` to operators. Returns the time of the next run, null while paused. Throws if Temporal does not answer.
   */
  pauseSchedule(
    organization: ScheduledOrganization,
    kind: ScheduledKind,
    change: { paused: boolean; by: string },
  ): Promise<{ nextRunAt: Date | null }>;
  /** Creates an organization's schedules, or sets their intervals. Returns their states. Throws if Temporal does not answer. */
  setSchedules(organization: ScheduledOrganization): Promise<Record<ScheduledKind, ScheduleState>>;
  /** Throws if Temporal does not answer within 2 s. */
  ping(): Promise<void>;
}
