import { allHandlersFinished, ApplicationFailure, CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow';
import { currentState } from '../../domain/delegation/progress.ts';
import { isFinalPhase } from '../../domain/delegation/states.ts';
import {
  cancelUpdate,
  checkOwnership,
  delegationStateChanged,
  delegationStateQuery,
  delegationTimings,
  exchangeTokenReceived,
  notOpenedFailure,
  openedUpdate,
  tooLateFailure,
  type DelegationOnboardingInput,
  type DelegationOnboardingResult,
  type DelegationOnboardingState,
  type DelegationOpened,
  type DelegationTimings,
  type RequestRun,
} from '../contracts/delegation-onboarding.ts';
import { supersededCodes, type FailureDetail } from '../contracts/failures.ts';
import { registry } from '../lib/activity-options.ts';
import { readActivityProblem, supersededBy, type RunSuperseded } from '../lib/activity-problem.ts';
import { AccountDeployment } from './account-deployment.ts';
import { awaitApproval } from './approval.ts';
import type { Deployment } from './deployment.ts';
import * as endings from './endings.ts';
import { RequestEnded } from './endings.ts';
import { Journal } from './journal.ts';
import { Mailbox } from './mailbox.ts';
import { delegatedAccess, type Onboarding } from './onboarding.ts';
import { openRequest } from './opening.ts';
import { OrganizationDeployment } from './organization-deployment.ts';
import { carryOutRemoval } from './removal.ts';
import { Status } from './status.ts';
import { verify } from './verification.ts';

/**
 * Onboards an account or an organization by IAM temporary delegation (D1–D7): creates the request at AWS, waits for the
 * approval, deploys with the delegated access, proves the roles, and registers the cloud or the organization.
 */
export async function delegationOnboarding(input: DelegationOnboardingInput): Promise<DelegationOnboardingResult> {
  return await new DelegationOnboarding(input).execute();
}

class DelegationOnboarding {
  private readonly run: RequestRun;
  private readonly timings: DelegationTimings;
  private readonly journal: Journal;
  private readonly mailbox: Mailbox;
  private readonly status: Status;
  private readonly work = new CancellationScope();
  private onboarding!: Onboarding;
  private deployment!: Deployment;
  private opened: DelegationOpened | null = null;
  private cancelledBy: string | null = null;
  private registering = false;
  private registered: { cloudId: string } | { organizationId: string } | null = null;
  /** Set once the run no longer owns its request. */
  private superseded: RunSuperseded | null = null;
  /** The end of a request without a cloud; null until it is in the database. */
  private ended: RequestEnded | null = null;

  constructor({ requestId, generation, timings }: DelegationOnboardingInput) {
    this.run = { requestId, ...(generation === undefined ? {} : { generation }) };
    this.timings = { ...delegationTimings, ...timings };
    this.journal = new Journal(this.run, (error) => this.stepAside(error));
    this.mailbox = new Mailbox(this.journal);
    this.status = new Status(this.journal);
    setHandler(delegationStateChanged, (body) => this.mailbox.receive({ kind: 'state', body }));
    setHandler(exchangeTokenReceived, (body) => this.mailbox.receive({ kind: 'token', body }));
    setHandler(checkOwnership, () => CancellationScope.nonCancellable(() => this.checkOwnership()));
    setHandler(delegationStateQuery, () => this.describe());
    // A caller that waits for an answer gets it even if an operator cancels the run.
    setHandler(openedUpdate, () => CancellationScope.nonCancellable(() => this.whenOpened()));
    setHandler(cancelUpdate, ({ by }) => CancellationScope.nonCancellable(() => this.cancel(by)), {
      validator: (_input: { by: string }) => this.refuseLateCancel(),
    });
  }

  async execute(): Promise<DelegationOnboardingResult> {
    try {
      return await this.onboardAndClose();
    } catch (error) {
      return await this.endSuperseded(error);
    }
  }

  private async onboardAndClose(): Promise<DelegationOnboardingResult> {
    await this.load();
    const writing = CancellationScope.nonCancellable(() => this.journal.run());
    const ended = await this.onboard();
    return await CancellationScope.nonCancellable(async () => {
      if (ended) await this.removeDeployed();
      await this.journal.written();
      this.journal.close();
      await writing;
      if (ended) await this.close(ended);
      else this.status.enter('completed', this.deployment.done);
      await condition(allHandlersFinished);
      return {
        phase: this.status.phase,
        cloudId: null,
        organizationId: null,
        ...this.registered,
        failure: ended && { code: ended.code, message: ended.message },
      };
    });
  }

  private async load(): Promise<void> {
    const { run, timings, journal, mailbox, status } = this;
    const request = await CancellationScope.nonCancellable(() => registry.loadDelegationRequest(run));
    mailbox.acceptFor(request.accountId, { ...timings, session: request.sessionDurationSeconds * 1_000 });
    this.onboarding = { run, request, timings, journal, mailbox, status, removals: [] };
    this.deployment =
      request.scope === 'organization' ? new OrganizationDeployment(this.onboarding) : new AccountDeployment(this.onboarding);
  }

  /** Runs the process. Returns the end of a request without a cloud, and null for a completed one. */
  private async onboard(): Promise<RequestEnded | null> {
    try {
      await this.work.run(async () => {
        this.opened = await openRequest(this.onboarding);
        await awaitApproval(this.onboarding);
        await this.deployment.deploy();
        await verify(this.onboarding, this.deployment);
      });
      await this.register();
      return null;
    } catch (error) {
      return this.endingOf(error);
    }
  }

  private async register(): Promise<void> {
    this.registering = true;
    await CancellationScope.nonCancellable(async () => {
      await this.journal.written();
      try {
        this.registered = await this.deployment.register();
      } catch (error) {
        throw endings.registrationFailed(readActivityProblem(error));
      }
    });
  }

  /** The end of the request after an error of a step. Rethrows a defect, and the end of a superseded run. */
  private endingOf(error: unknown): RequestEnded {
    if (this.superseded) throw this.superseded;
    const isEnded = error instanceof RequestEnded;
    // A cancelled step may fail in its own way, for example by a heartbeat timeout. Until the registration, cancelled wins.
    const isCancelled = isEnded ? this.work.consideredCancelled && !this.registering : isCancellation(error);
    if (isCancelled) {
      const { progress } = this.mailbox;
      const state = currentState(progress);
      return endings.cancelled(this.cancelledBy ?? 'an operator', { state, isReleased: state === 'finalized' || progress.token !== null });
    }
    return isEnded ? error : endings.internalError(readActivityProblem(error));
  }

  /** Removes everything of Muster's from the customer's account that the delegated access can still remove (D6). */
  private async removeDeployed(): Promise<void> {
    for (const removal of this.onboarding.removals) {
      this.status.show(`Removing the ${removal.what} from ${removal.where}`);
      this.journal.note(await carryOutRemoval(removal, delegatedAccess(this.onboarding)));
    }
  }

  private async close(ended: RequestEnded): Promise<void> {
    const { phase, code, message, awsCode } = ended;
    this.journal.note(
      { key: 'ended', type: phase, message, detail: { code, ...(awsCode ? { awsCode } : {}) } },
      { phase, failure: { code, message }, expiresAt: null },
    );
    await registry.closeRequest({ ...this.run, ...this.journal.take() });
    this.ended = ended;
    this.status.enter(phase, message);
  }

  private async checkOwnership(): Promise<void> {
    try {
      await registry.requireOwnership(this.run);
    } catch (error) {
      this.stepAside(supersededBy(error));
    }
  }

  /** Stops the work, because another run owns the request, or because it has ended without this run (S8). */
  private stepAside(error: RunSuperseded): void {
    this.superseded = error;
    this.work.cancel();
  }

  private async endSuperseded(error: unknown): Promise<DelegationOnboardingResult> {
    const cause = supersededBy(error);
    const { run, status } = this;
    if (cause.code !== supersededCodes.newerRun) {
      const { scope, accountId, roleName } = this.onboarding?.request ?? {};
      const request = scope && accountId && roleName ? { scope, accountId, roleName } : null;
      await CancellationScope.nonCancellable(() =>
        registry.recordStrandedRun({ requestId: run.requestId, request, reason: cause.message }),
      );
    }
    status.show(cause.message);
    return { phase: status.phase, cloudId: null, organizationId: null, failure: { code: cause.code, message: cause.message } };
  }

  private async whenOpened(): Promise<DelegationOpened> {
    await condition(() => this.opened !== null || this.ended !== null);
    if (this.opened) return this.opened;
    const { code, message, awsCode } = this.ended!;
    const detail: FailureDetail = { code, ...(awsCode ? { awsCode } : {}) };
    throw ApplicationFailure.create({ type: notOpenedFailure, message, nonRetryable: true, details: [detail] });
  }

  private refuseLateCancel(): void {
    const { phase } = this.status;
    if (!this.registering && !isFinalPhase(phase)) return;
    throw ApplicationFailure.create({
      type: tooLateFailure,
      message: 'It is too late to cancel this request',
      nonRetryable: true,
      details: [phase],
    });
  }

  private async cancel(by: string): Promise<void> {
    this.cancelledBy ??= by;
    this.work.cancel();
    await condition(() => isFinalPhase(this.status.phase));
    if (this.status.phase !== 'cancelled') this.refuseLateCancel();
  }

  private describe(): DelegationOnboardingState {
    const { phase, waitingFor, until } = this.status;
    return {
      requestId: this.run.requestId,
      phase,
      awsState: currentState(this.mailbox.progress),
      attempt: this.mailbox.progress.attempt,
      waitingFor,
      until: until === null ? null : new Date(until).toISOString(),
    };
  }
}
