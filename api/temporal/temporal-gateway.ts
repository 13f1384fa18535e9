import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  cancelUpdate,
  notOpenedFailure,
  openedUpdate,
  tooLateFailure,
  type DelegationOnboardingInput,
  type DelegationOnboardingResult,
  type DelegationOpened,
} from '../../workflows/contracts/delegation-onboarding.ts';
import type { FailureDetail } from '../../workflows/contracts/failures.ts';
import { cloudRecheckStart, delegationOnboardingStart } from '../../workflows/contracts/start-options.ts';
import type { CancelOutcome, OpenableRequest, OpenOutcome, WorkflowGateway } from './gateway.ts';

/** How long the gateway waits, in milliseconds. */
export interface GatewayPatience {
  /** Until a worker takes an update up. */
  accept: number;
  /** From then on until the update's result. The workflow itself gives AWS up after 20 seconds. */
  result: number;
  /** For Temporal itself. */
  ping: number;
}

export const gatewayPatience: GatewayPatience = { accept: 10_000, result: 25_000, ping: 2_000 };

type Onboarding = (input: DelegationOnboardingInput) => Promise<DelegationOnboardingResult>;

/** Temporal, as the API uses it. */
export function createTemporalGateway(client: Client, patience: GatewayPatience = gatewayPatience): WorkflowGateway {
  const within = <Result>(milliseconds: number, call: () => Promise<Result>): Promise<Result> =>
    client.connection.withDeadline(Date.now() + milliseconds, call);

  /** Starts the request's workflow unless it runs, and sends it an update, in one call. */
  async function sendWithStart<Result>(
    request: OpenableRequest,
    send: (start: WithStartWorkflowOperation<Onboarding>) => Promise<WorkflowUpdateHandle<Result>>,
  ): Promise<WorkflowUpdateHandle<Result>> {
    const { workflowType, ...options } = delegationOnboardingStart(request);
    return await within(patience.accept, () => send(new WithStartWorkflowOperation<Onboarding>(workflowType, options)));
  }

  return {
    async open(request): Promise<OpenOutcome> {
      let isAccepted = false;
      try {
        const handle = await sendWithStart(request, (startWorkflowOperation) =>
          // The id is constant, so that a repeated call attaches to the update that is there.
          client.workflow.startUpdateWithStart(openedUpdate, { updateId: 'opened', waitForStage: 'ACCEPTED', startWorkflowOperation }),
        );
        isAccepted = true;
        const opened: DelegationOpened = await within(patience.result, () => handle.result());
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
        const handle = await sendWithStart(request, (startWorkflowOperation) =>
          client.workflow.startUpdateWithStart(cancelUpdate, { args: [{ by }], waitForStage: 'ACCEPTED', startWorkflowOperation }),
        );
        isAccepted = true;
        await within(patience.result, () => handle.result());
        return { kind: 'cancelled' };
      } catch (error) {
        if (isRunOver(error)) return { kind: 'ended' };
        if (isNoAnswer(error)) return isAccepted ? { kind: 'cancelling' } : { kind: 'unanswered' };
        const failure = failureOf(error);
        if (failure.type !== tooLateFailure) throw error;
        return { kind: 'too_late', phase: failure.details?.[0] as string };
      }
    },

    async recheck(cloud): Promise<void> {
      const { workflowType, ...options } = cloudRecheckStart(cloud);
      await within(patience.accept, () => client.workflow.start(workflowType, options));
    },

    async ping(): Promise<void> {
      await within(patience.ping, () => client.connection.workflowService.describeNamespace({ namespace: client.options.namespace }));
    },
  };
}

/** The run ended before, or while, the update was sent. */
function isRunOver(error: unknown): boolean {
  if (error instanceof WorkflowExecutionAlreadyStartedError || error instanceof WorkflowNotFoundError) return true;
  return error instanceof WorkflowUpdateFailedError && failureOf(error).type === 'AcceptedUpdateCompletedWorkflow';
}

/** No worker in time, or no Temporal. Whether the workflow was started is not known then. */
function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcServiceError(error) || isGrpcServiceError((error as Error).cause)
  );
}

function failureOf(error: unknown): ApplicationFailure {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw error;
}
