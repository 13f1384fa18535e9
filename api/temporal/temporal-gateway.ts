import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
  type WorkflowStartOptions,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type CredentialCheckResult, credentialCheckStart } from '../../workflows/contracts/credential-check.ts';
import {
  cancelUpdate,
  notOpenedFailure,
  openedUpdate,
  tooLateFailure,
  type DelegationOnboardingInput,
  type DelegationOnboardingResult,
  type DelegationOpened,
  delegationOnboardingStart,
  delegationWorkflowId,
} from '../../workflows/contracts/delegation-onboarding.ts';
import type { FailureDetail } from '../../workflows/contracts/failures.ts';
import {
  cancelSync,
  organizationRemovedSignal,
  organizationWorkflowId,
  wakeKeeperCall,
  organizationKeeperStart,
} from '../../workflows/contracts/organization-keeper.ts';
import { scheduleDefinition, type ScheduledKind } from '../../workflows/contracts/schedule-tick.ts';
import { snapshotPreviewStart } from '../../workflows/contracts/organization-sync.ts';
import { confirmRemovals, holdEndedFailure, removalHoldWorkflowId, removalsSuperseded } from '../../workflows/contracts/removal-hold.ts';
import { cloudRoleProofStart, type CloudRoleProofResult } from '../../workflows/contracts/cloud-role-proof.ts';
import { cloudRecheckStart } from '../../workflows/contracts/cloud-recheck.ts';
import type { ScheduleState } from '../../db/organizations/mirror-schedules.ts';
import type { HeldRemovalsState } from '../../domain/organizations/sync.ts';
import { leftSinceArrival } from '../arrival.ts';
import type {
  CancelOutcome,
  CredentialCheckOutcome,
  OpenableRequest,
  OpenOutcome,
  RemovalsOutcome,
  RoleProofOutcome,
  Unchecked,
  WorkflowGateway,
} from './gateway.ts';

/** Timeouts of the gateway. */
export interface GatewayTimeouts {
  /** For a worker to accept an update. */
  acceptMs: number;
  /** For the result of an accepted update. */
  resultMs: number;
  /** For an answer of Temporal itself. */
  pingMs: number;
  /** For all calls that need no worker, from the arrival of the call. */
  temporalMs: number;
  /** For everything together, from the arrival of the call. Callers get an answer within 20 s. */
  callMs: number;
}

export const gatewayTimeouts: GatewayTimeouts = { acceptMs: 8_000, resultMs: 15_000, pingMs: 2_000, temporalMs: 9_000, callMs: 17_000 };

type Onboarding = (input: DelegationOnboardingInput) => Promise<DelegationOnboardingResult>;

/** Creates the gateway to Temporal. */
export function createTemporalGateway(client: Client, given: Partial<GatewayTimeouts> = {}): WorkflowGateway {
  const timeouts = { ...gatewayTimeouts, ...given };
  const within = <Result>(milliseconds: number, call: () => Promise<Result>): Promise<Result> =>
    client.connection.withDeadline(Date.now() + milliseconds, call);
  /** Waits for Temporal alone, whose calls together end within 10 s of the call's arrival. */
  const withinTemporal = <Result>(milliseconds: number, call: () => Promise<Result>): Promise<Result> =>
    within(Math.max(1, Math.min(milliseconds, leftSinceArrival(timeouts.temporalMs))), call);
  /** Waits for a worker. Leaves the time for one answer of Temporal before the call ends. */
  const withinCall = <Result>(milliseconds: number, call: () => Promise<Result>): Promise<Result> =>
    within(Math.max(1, Math.min(milliseconds, leftSinceArrival(timeouts.callMs) - timeouts.pingMs)), call);

  /** Starts the request's workflow unless it runs, and sends it an update, in one call to Temporal. */
  async function sendWithStart<Result>(
    request: OpenableRequest,
    send: (start: WithStartWorkflowOperation<Onboarding>) => Promise<WorkflowUpdateHandle<Result>>,
  ): Promise<WorkflowUpdateHandle<Result>> {
    const { workflowType, ...options } = delegationOnboardingStart(request);
    return await withinCall(timeouts.acceptMs, () => send(new WithStartWorkflowOperation<Onboarding>(workflowType, options)));
  }

  /** Signals a run. Does nothing if there is no run. */
  async function signalRun(workflowId: string, signal: (run: WorkflowHandle) => Promise<void>): Promise<void> {
    try {
      await withinTemporal(timeouts.acceptMs, () => signal(client.workflow.getHandle(workflowId)));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /** The first answer of a worker makes the history longer than its initial two events. */
  async function isPickedUp(handle: WorkflowHandle): Promise<boolean> {
    try {
      return (await within(timeouts.pingMs, () => handle.describe())).historyLength > 2;
    } catch (error) {
      if (isRunOver(error) || isNoAnswer(error)) return false;
      throw error;
    }
  }

  /** Terminates a check that no call waits for. The caller erases the credentials next. */
  async function terminateCheck(handle: WorkflowHandle, outcome: Unchecked): Promise<Unchecked> {
    try {
      await within(timeouts.pingMs, () => handle.terminate('The caller got a response without a verdict. A retry starts a new check.'));
    } catch (error) {
      if (!isRunOver(error) && !isNoAnswer(error)) throw error;
    }
    return outcome;
  }

  /** Starts a check of credentials, or joins its earlier run, and waits for the result. */
  async function resultOf<Result extends object>({
    workflowType,
    ...options
  }: { workflowType: string } & WorkflowStartOptions): Promise<({ kind: 'checked' } & Result) | Unchecked> {
    const handle = client.workflow.getHandle(options.workflowId);
    const result = () => handle.result() as Promise<Result>;
    try {
      await withinTemporal(timeouts.acceptMs, () => client.workflow.start(workflowType, options));
    } catch (error) {
      if (!isRunOver(error) && !isNoAnswer(error)) throw error;
      if (!isRunOver(error)) return { kind: 'unanswered' };
    }
    const early = await verdict(() => withinCall(timeouts.acceptMs, result));
    if (early) return early;
    if (!(await isPickedUp(handle))) return await terminateCheck(handle, { kind: 'unanswered' });
    const late = await verdict(() => withinCall(timeouts.resultMs, result));
    return late ?? (await terminateCheck(handle, { kind: 'interrupted' }));
  }

  return {
    async open(request): Promise<OpenOutcome> {
      let isAccepted = false;
      try {
        const handle = await sendWithStart(request, (startWorkflowOperation) =>
          // The update id is constant, so that a repeated call joins the existing update.
          client.workflow.startUpdateWithStart(openedUpdate, { updateId: 'opened', waitForStage: 'ACCEPTED', startWorkflowOperation }),
        );
        isAccepted = true;
        const opened: DelegationOpened = await withinCall(timeouts.resultMs, () => handle.result());
        return { kind: 'opened', ...opened };
      } catch (error) {
        if (isRunOver(error)) return { kind: 'ended' };
        if (isNoAnswer(error)) return { kind: 'unanswered', started: isAccepted };
        const failure = failureOf(error);
        if (failure.type !== notOpenedFailure) throw error;
        const detail = failure.details?.[0] as FailureDetail | undefined;
        return { kind: 'refused', code: detail?.code ?? 'aws_refused', message: failure.message, awsCode: detail?.awsCode ?? null };
      }
    },

    async cancel(request, by): Promise<CancelOutcome> {
      let isAccepted = false;
      try {
        const update = { args: [{ by }] as [{ by: string }], waitForStage: 'ACCEPTED' as const };
        // A run that was started and is lost must not start again: it would not know what to remove from the account.
        const handle = request.workflowStartedAt
          ? await withinCall(timeouts.acceptMs, () =>
              client.workflow.getHandle(delegationWorkflowId(request.id)).startUpdate(cancelUpdate, update),
            )
          : await sendWithStart(request, (startWorkflowOperation) =>
              client.workflow.startUpdateWithStart(cancelUpdate, { ...update, startWorkflowOperation }),
            );
        isAccepted = true;
        await withinCall(timeouts.resultMs, () => handle.result());
        return { kind: 'cancelled' };
      } catch (error) {
        if (isRunOver(error)) return { kind: 'ended' };
        if (isNoAnswer(error)) return isAccepted ? { kind: 'cancelling' } : { kind: 'unanswered' };
        const failure = failureOf(error);
        if (failure.type !== tooLateFailure) throw error;
        return { kind: 'too_late', phase: failure.details?.[0] as string };
      }
    },

    async recheck(cloud, running): Promise<void> {
      const { workflowType, ...options } = cloudRecheckStart(cloud, running);
      await withinTemporal(timeouts.acceptMs, () => client.workflow.start(workflowType, options));
    },

    async checkCredentials({ scopeIds, ...set }): Promise<CredentialCheckOutcome> {
      const input = { credentialSetId: set.id, ...(scopeIds?.length ? { scopeIds } : {}) };
      return await resultOf<CredentialCheckResult>(credentialCheckStart(input, set.roleArn));
    },

    async proveRole({ id, roleArn, acceptUnenforced }): Promise<RoleProofOutcome> {
      return await resultOf<CloudRoleProofResult>(cloudRoleProofStart({ credentialSetId: id, acceptUnenforced }, roleArn));
    },

    async wakeKeeper(awsOrganizationId, request): Promise<void> {
      const { workflowType, ...options } = wakeKeeperCall(awsOrganizationId, request);
      await withinTemporal(timeouts.acceptMs, () => client.workflow.signalWithStart(workflowType, options));
    },

    async startSnapshotPreview(preview): Promise<void> {
      const { workflowType, ...options } = snapshotPreviewStart(preview);
      try {
        await withinTemporal(timeouts.acceptMs, () => client.workflow.start(workflowType, options));
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },

    async cancelSync(awsOrganizationId, request): Promise<void> {
      const { workflowType, ...options } = organizationKeeperStart(awsOrganizationId);
      await withinTemporal(timeouts.acceptMs, () =>
        client.workflow.signalWithStart(workflowType, { ...options, signal: cancelSync, signalArgs: [request] }),
      );
    },

    async confirmRemovals(syncId, answer): Promise<RemovalsOutcome> {
      const hold = client.workflow.getHandle(removalHoldWorkflowId(syncId));
      try {
        await withinCall(timeouts.acceptMs, () => hold.executeUpdate(confirmRemovals, { args: [answer] }));
        return { kind: 'answered' };
      } catch (error) {
        if (isRunOver(error)) return { kind: 'ended', state: null };
        if (isNoAnswer(error)) return { kind: 'unanswered' };
        const failure = failureOf(error);
        if (failure.type !== holdEndedFailure) throw error;
        return { kind: 'ended', state: failure.details?.[0] as HeldRemovalsState };
      }
    },

    async supersedeHold(syncId): Promise<void> {
      await signalRun(removalHoldWorkflowId(syncId), (hold) => hold.signal(removalsSuperseded, { bySyncId: null }));
    },

    async organizationRemoved(awsOrganizationId, organizationId): Promise<void> {
      await signalRun(organizationWorkflowId(awsOrganizationId), (keeper) => keeper.signal(organizationRemovedSignal, { organizationId }));
    },

    async pauseSchedule(organization, kind, { paused, by }): Promise<{ nextRunAt: Date | null }> {
      const definition = scheduleDefinition(organization, kind);
      const note = `${paused ? 'Paused' : 'Resumed'} by ${by}`;
      const handle = client.schedule.getHandle(definition.scheduleId);
      const change = () => withinTemporal(timeouts.acceptMs, () => (paused ? handle.pause(note) : handle.unpause(note)));
      try {
        await change();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        try {
          await withinTemporal(timeouts.acceptMs, () => client.schedule.create({ ...definition, state: { paused, note } }));
        } catch (raced) {
          // The reconciler created the schedule first.
          if (!(raced instanceof ScheduleAlreadyRunning)) throw raced;
          await change();
        }
      }
      const { info } = await withinTemporal(timeouts.acceptMs, () => handle.describe());
      return { nextRunAt: paused ? null : (info.nextActionTimes[0] ?? null) };
    },

    async setSchedules(organization) {
      const set = async (kind: ScheduledKind): Promise<ScheduleState> => {
        const definition = scheduleDefinition(organization, kind);
        const handle = client.schedule.getHandle(definition.scheduleId);
        try {
          await within(timeouts.acceptMs, () => client.schedule.create(definition));
        } catch (error) {
          if (!(error instanceof ScheduleAlreadyRunning)) throw error;
          await within(timeouts.acceptMs, () => handle.update(({ state, policies }) => ({ ...definition, state, policies })));
        }
        const { state, info } = await within(timeouts.acceptMs, () => handle.describe());
        return { paused: state.paused, nextRunAt: state.paused ? null : (info.nextActionTimes[0] ?? null) };
      };
      const [sync, badging] = await Promise.all([set('sync'), set('badging')]);
      return { sync, badging };
    },

    async ping(): Promise<void> {
      await within(timeouts.pingMs, () => client.connection.workflowService.describeNamespace({ namespace: client.options.namespace }));
    },
  };
}

/** The result of a check of credentials. Null if it has not ended in time. */
async function verdict<Result extends object>(result: () => Promise<Result>): Promise<({ kind: 'checked' } & Result) | Unchecked | null> {
  try {
    return { kind: 'checked', ...(await result()) };
  } catch (error) {
    if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return { kind: 'interrupted' };
    if (isNoAnswer(error)) return null;
    throw error;
  }
}

/** True if the run ended before or during the update. */
function isRunOver(error: unknown): boolean {
  if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return true;
  return error instanceof WorkflowUpdateFailedError && failureOf(error).type === 'AcceptedUpdateCompletedWorkflow';
}

/** True if no worker or no Temporal answered in time. The workflow may have started or not. */
function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error) || isGrpcServiceError((error as Error).cause)
  );
}

function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw error;
}
