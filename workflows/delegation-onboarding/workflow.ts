import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { deadlineOf, type DelegationClocks } from '../../domain/delegation/timeouts.ts';
import { organizationRoleName } from '../../domain/delegation/parameters.ts';
import {
  attemptCreated,
  beginAttempt,
  currentState,
  isAnswered,
  isSettled,
  type DelegationProgress,
} from '../../domain/delegation/progress.ts';
import { isFinalPhase, type DelegationPhase } from '../../domain/delegation/states.ts';
import { describeWait } from '../../domain/delegation/wording.ts';
import { longRunning, once, poll, registry } from '../lib/activity-options.ts';
import type { DescribedOrganization } from '../contracts/credential-check.ts';
import {
  cancelUpdate,
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
  type AccountConflict,
  type DelegationRequestFacts,
  type TokenInput,
} from '../contracts/delegation-onboarding.ts';
import { failureTypes, type FailureDetail } from '../contracts/failures.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import * as endings from './endings.ts';
import type { Ending } from './endings.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { Journal } from './journal.ts';
import { Mailbox } from './mailbox.ts';
import { askForOrganization, deployMembers, proveOrganization } from './organization.ts';
import { accountStackRemoval, memberRolesRemoval, removeOf, type Removal } from './removal.ts';

/**
 * Onboards one account, or an organization, by IAM temporary delegation (D1–D7): creates the request at AWS, waits for
 * people, deploys with the delegated credentials, proves the roles, and lists the cloud or registers the organization.
 */
export async function delegationOnboarding(input: DelegationOnboardingInput): Promise<DelegationOnboardingResult> {
  const run = new Onboarding(input);
  return await run.execute();
}

class Onboarding {
  private readonly requestId: string;
  private readonly timings: DelegationTimings;
  private readonly journal: Journal;
  private readonly clocks: DelegationClocks;
  private readonly mailbox: Mailbox;
  private readonly work = new CancellationScope();
  private request!: DelegationRequestFacts;
  private phase: DelegationPhase = 'requested';
  private waitingFor = 'Starting';
  private until: number | null = null;
  private opened: DelegationOpened | null = null;
  private ending: Ending | null = null;
  private cancelledBy: string | null = null;
  private registering = false;
  /** What is to be removed should the request end without a cloud, in this order. */
  private readonly removals: Removal[] = [];
  /** The organization that the request's credentials open; null until they are proven. */
  private organization: DescribedOrganization | null = null;

  constructor(input: DelegationOnboardingInput) {
    this.requestId = input.requestId;
    this.timings = { ...delegationTimings, ...input.timings };
    this.journal = new Journal(input.requestId);
    this.clocks = { ...this.timings, session: 0 };
    this.mailbox = new Mailbox(this.journal, this.clocks);
    setHandler(delegationStateChanged, (body) => this.mailbox.receive({ kind: 'state', body }));
    setHandler(exchangeTokenReceived, (body) => this.mailbox.receive({ kind: 'token', body }));
    setHandler(delegationStateQuery, () => this.state());
    // Whoever waits for an answer gets one, also when an operator cancels the run meanwhile.
    setHandler(openedUpdate, () => CancellationScope.nonCancellable(() => this.whenOpened()));
    setHandler(cancelUpdate, ({ by }) => CancellationScope.nonCancellable(() => this.cancel(by)), {
      validator: (_who: { by: string }) => this.refuseLateCancel(),
    });
  }

  async execute(): Promise<DelegationOnboardingResult> {
    this.request = await CancellationScope.nonCancellable(() => registry.loadDelegationRequest({ requestId: this.requestId }));
    this.clocks.session = this.request.sessionDurationSeconds * 1_000;
    this.mailbox.openFor(this.request.accountId);
    const writing = CancellationScope.nonCancellable(() => this.journal.run());

    let ending = await this.process();
    let registered: { cloudId: string } | { organizationId: string } | null = null;
    if (!ending) {
      const outcome = await this.register();
      if ('code' in outcome) ending = outcome;
      else registered = outcome;
    }
    return await CancellationScope.nonCancellable(async () => {
      if (ending) await this.remove();
      await this.journal.written();
      this.journal.close();
      await writing;
      if (ending) await this.close(ending);
      else this.enter('completed', this.isAccount ? 'Done: the account is in the clouds listing' : 'Done: the organization is registered');
      await condition(allHandlersFinished);
      return {
        phase: this.phase,
        cloudId: null,
        organizationId: null,
        ...registered,
        failure: ending && { code: ending.code, message: ending.message },
      };
    });
  }

  /** Everything that a cancellation may interrupt. */
  private async process(): Promise<Ending | null> {
    const cancelled = () => endings.cancelled(this.cancelledBy ?? 'an operator');
    try {
      const ending = await this.work.run(
        async () => (await this.open()) ?? (await this.awaitApproval()) ?? (await this.deploy()) ?? (await this.verify()),
      );
      // Whatever a step under way failed with once it was cancelled, and be it a worker's silence, it ends as was asked for.
      return ending && this.work.consideredCancelled ? cancelled() : ending;
    } catch (error) {
      return isCancellation(error) ? cancelled() : endings.internalError(readActivityProblem(error));
    }
  }

  /**
   * Creates the request at AWS. AWS refuses a RequestorWorkflowId that it has seen, and a lost answer cannot be asked
   * for again, so each attempt goes by an id of its own.
   */
  private async open(): Promise<Ending | null> {
    this.wait('Creating the delegation request at AWS', null);
    const conflict = await registry.findAccountConflict({ requestId: this.requestId });
    if (conflict) return this.refuseTaken(conflict);
    const giveUpAt = Date.now() + this.timings.create;
    for (let attempt = 1, pause = 1_000; ; attempt += 1, pause *= 2) {
      this.mailbox.progress = beginAttempt(this.mailbox.progress, attempt);
      try {
        const created = await once.createDelegationRequest({ requestId: this.requestId, attempt });
        this.mailbox.progress = attemptCreated(this.mailbox.progress, attempt, Date.now());
        this.journal.note(
          {
            key: `created/${attempt}`,
            type: 'created',
            message: 'AWS has the request. Open the link in the AWS console to answer it.',
            detail: { awsRequestId: created.awsRequestId, attempt },
          },
          { ...created, ...this.mailbox.standing() },
        );
        await this.journal.written();
        this.opened = created;
        return null;
      } catch (error) {
        const problem = readActivityProblem(error);
        if (!isRepeatable(problem.type) && !this.isAnsweredUnopened()) return endings.refusedByAws(problem);
        this.journal.note({
          key: `create-failed/${attempt}`,
          type: 'create_failed',
          message: `Attempt ${attempt} to create the request at AWS got no usable answer: ${problem.message}`,
          detail: { attempt },
        });
        if (isSettled(this.mailbox.progress) || this.isAnsweredUnopened()) return this.openUnheard();
        if (Date.now() + pause >= giveUpAt) return endings.awsUnavailable(this.timings.create, problem);
        await sleep(pause);
        if (this.isAnsweredUnopened()) return this.openUnheard();
      }
    }
  }

  /** True when somebody answered a request whose creation we never heard back from. */
  private isAnsweredUnopened(): boolean {
    // Runs from before this patch went on creating, unless the answer was settled when an attempt failed.
    return isAnswered(this.mailbox.progress) && patched('answered-before-created');
  }

  /** Goes on with such a request: its link is lost and no longer needed. */
  private openUnheard(): null {
    this.opened = { awsRequestId: null, consoleUrl: null };
    return null;
  }

  private refuseTaken(conflict: AccountConflict): Ending {
    return conflict.code === 'account_exists'
      ? endings.accountListed(this.request.accountId, conflict.cloudId)
      : endings.organizationRegistered(conflict);
  }

  /** Waits for people, as long as AWS lets them answer and a little longer (D7). */
  private async awaitApproval(): Promise<Ending | null> {
    while (!isSettled(this.mailbox.progress)) {
      const seen = this.mailbox.progress;
      const state = currentState(seen);
      const deadline = deadlineOf(seen, this.clocks);
      if (!state || !deadline) throw ApplicationFailure.nonRetryable('A request without a state waits for nothing', failureTypes.defect);
      this.wait(describeWait(state), deadline.awsEnds);
      const heard = await condition(() => this.mailbox.progress !== seen, Math.max(0, deadline.weEnd - Date.now()));
      if (heard || (await this.hearsLate(seen))) continue;
      return deadline.outcome === 'expired' ? endings.expired() : endings.tokenNotReceived();
    }
    const { ended } = this.mailbox.progress;
    if (ended === 'rejected') return endings.rejected();
    return ended === 'expired' ? endings.expired() : null;
  }

  /** True when a message reaches the run after its deadline that was in our inbox: the approval may be among them (D7, D10). */
  private async hearsLate(seen: DelegationProgress): Promise<boolean> {
    if (!patched('looks-into-inbox')) return false;
    if (await registry.hasUndeliveredMessages({ requestId: this.requestId })) {
      const { delivery } = this.timings;
      this.wait('AWS has told something that is on its way to this run', Date.now() + delivery);
      return await condition(() => this.mailbox.progress !== seen, delivery);
    }
    return this.mailbox.progress !== seen;
  }

  private async deploy(): Promise<Ending | null> {
    if (!this.isAccount) return await this.deployOrganization();
    this.enter('deploying', 'Deploying the account stack with the delegated access');
    this.journal.note({
      key: 'deploying',
      type: 'deploying',
      message: 'Access was delegated: deploying the stack with the harvesting role.',
    });
    return await this.deployStack();
  }

  /** The management account's stack, then the members' stack set, once it is known that both will do (D5). */
  private async deployOrganization(): Promise<Ending | null> {
    this.enter('deploying', 'Asking AWS about the organization with the delegated access');
    const asked = await askForOrganization(this.request, this.tokenInput(), this.stackLimit());
    if ('code' in asked) return asked;
    upsertSearchAttributes([{ key: searchAttributes.organizationId, value: asked.awsOrganizationId }]);
    this.journal.note({
      key: 'deploying',
      type: 'deploying',
      message: `Access to organization ${asked.awsOrganizationId} was delegated: deploying the stack with the organization role and the management account's harvesting role.`,
      detail: { awsOrganizationId: asked.awsOrganizationId },
    });
    this.wait('Deploying the management stack with the delegated access', null);
    const failed = await this.deployStack();
    if (failed) return failed;
    this.wait('Starting the deployment of the member roles with the delegated access', null);
    this.removals.unshift(memberRolesRemoval(this.requestId));
    const deployed = await deployMembers(this.request, this.tokenInput(), this.stackLimit());
    if ('code' in deployed) return deployed;
    this.journal.note(deployed);
    return null;
  }

  private async deployStack(): Promise<Ending | null> {
    this.removals.push(accountStackRemoval(this.requestId));
    try {
      const stack = await longRunning(this.stackLimit()).deployAccountStack(this.tokenInput());
      return stack.succeeded ? null : endings.stackFailed(stack);
    } catch (error) {
      return endings.deploymentFailed(readActivityProblem(error));
    }
  }

  /** Each role accepts us with its external id, and nobody without (D12); the organization role may do all that it must (O5). */
  private async verify(): Promise<Ending | null> {
    const { roleName } = this.request;
    const roles = this.isAccount ? roleName : `${roleName} or ${organizationRoleName(this.requestId)}`;
    this.enter('verifying', 'Proving that the role can be assumed, with its external id and not without');
    const checks = poll(this.timings.roleProof);
    try {
      await checks.proveRole({ requestId: this.requestId });
      const { refused } = await checks.proveRefusal({ requestId: this.requestId });
      if (!refused) return endings.externalIdNotEnforced(roles);
    } catch (error) {
      return endings.roleProofFailed(roles, readActivityProblem(error));
    }
    this.journal.note({
      key: 'verified',
      type: 'verified',
      message: `${this.isAccount ? 'The role accepts' : 'Both roles accept'} Muster with its external id, and ${this.isAccount ? 'refuses' : 'refuse'} it without.`,
    });
    return this.isAccount ? null : await this.verifyOrganization();
  }

  private async verifyOrganization(): Promise<Ending | null> {
    this.wait('Checking that the organization role may read all that an import needs', null);
    const proven = await proveOrganization(this.request, this.timings.roleProof);
    if ('code' in proven) return proven;
    this.organization = proven;
    this.journal.note({
      key: 'organization-verified',
      type: 'verified',
      message: `The organization role may read all that an import of ${proven.awsOrganizationId} needs.`,
      detail: { awsOrganizationId: proven.awsOrganizationId },
    });
    return null;
  }

  private async register(): Promise<{ cloudId: string } | { organizationId: string } | Ending> {
    this.registering = true;
    return await CancellationScope.nonCancellable(async () => {
      await this.journal.written();
      const { requestId, organization } = this;
      try {
        if (!organization) return await registry.registerCloud({ requestId });
        const { organizationId } = await registry.registerOrganization({ requestId, organization });
        return { organizationId };
      } catch (error) {
        return endings.registrationFailed(readActivityProblem(error));
      }
    });
  }

  /** Whatever ended the request, nothing of ours stays behind that the delegated access can still remove (D6). */
  private async remove(): Promise<void> {
    for (const removal of this.removals) {
      this.wait(`Removing what the ${removal.what} left in ${removal.where}`, null);
      this.journal.note(await removeOf(removal, this.tokenInput(), this.stackLimit()));
    }
  }

  private async close(ending: Ending): Promise<void> {
    const failure = { code: ending.code, message: ending.message };
    this.journal.note(
      {
        key: 'ended',
        type: ending.phase,
        message: ending.message,
        detail: { code: ending.code, ...(ending.awsCode ? { awsCode: ending.awsCode } : {}) },
      },
      { phase: ending.phase, failure, expiresAt: null },
    );
    await registry.closeRequest({ requestId: this.requestId, ...this.journal.take() });
    this.ending = ending;
    this.enter(ending.phase, ending.message);
  }

  /** No stack operation outlives the delegated session by more than the grace. */
  private stackLimit(): number {
    return this.clocks.session + this.timings.grace;
  }

  private get isAccount(): boolean {
    return this.request.scope !== 'organization';
  }

  private tokenInput(): TokenInput {
    const { token } = this.mailbox.progress;
    if (!token) throw ApplicationFailure.nonRetryable('There is no exchange token', failureTypes.defect);
    return { requestId: this.requestId, tokenReference: token.reference };
  }

  private enter(phase: DelegationPhase, waitingFor: string): void {
    this.phase = phase;
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    if (!isFinalPhase(phase)) this.journal.note(null, { phase, expiresAt: null });
    this.wait(waitingFor, null);
    log.info('phase', { phase });
  }

  private wait(waitingFor: string, until: number | null): void {
    this.waitingFor = waitingFor;
    this.until = until;
    const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
    setCurrentDetails(`**${this.phase}**: ${waitingFor}${end}`);
  }

  private async whenOpened(): Promise<DelegationOpened> {
    await condition(() => this.opened !== null || this.ending !== null);
    if (this.opened) return this.opened;
    const { code, message, awsCode } = this.ending!;
    const detail: FailureDetail = { code, ...(awsCode ? { awsCode } : {}) };
    throw ApplicationFailure.create({ type: notOpenedFailure, message, nonRetryable: true, details: [detail] });
  }

  private refuseLateCancel(): void {
    if (!this.registering && !isFinalPhase(this.phase)) return;
    throw ApplicationFailure.create({
      type: tooLateFailure,
      message: 'It is too late to cancel this request',
      nonRetryable: true,
      details: [this.phase],
    });
  }

  private async cancel(by: string): Promise<void> {
    this.cancelledBy ??= by;
    this.work.cancel();
    await condition(() => isFinalPhase(this.phase));
    if (this.phase !== 'cancelled') this.refuseLateCancel();
  }

  private state(): DelegationOnboardingState {
    return {
      requestId: this.requestId,
      phase: this.phase,
      awsState: currentState(this.mailbox.progress),
      attempt: this.mailbox.progress.attempt,
      waitingFor: this.waitingFor,
      until: this.until === null ? null : new Date(this.until).toISOString(),
    };
  }
}

/** True when a failed create call may be followed by another: nothing was decided, or nothing is known. */
function isRepeatable(type: string | null): boolean {
  return (
    type === null ||
    type === failureTypes.throttled ||
    type === failureTypes.transient ||
    type === failureTypes.conflict ||
    type === failureTypes.outcomeUnknown
  );
}
