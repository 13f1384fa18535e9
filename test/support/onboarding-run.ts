import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { AwsDelegationState, DelegationScope } from '../../domain/delegation/states.ts';
import {
  delegationStateChanged,
  delegationStateQuery,
  exchangeTokenReceived,
  type DelegationOnboardingResult,
  type DelegationOnboardingState,
  type DelegationTimings,
  delegationOnboardingStart,
} from '../../workflows/contracts/delegation-onboarding.ts';
import type { FakeActivities } from './fake-activities.ts';
import { createTestWorker } from './workflow-worker.ts';

export const askedAccount = '111122223333';

/** The facts of a message, as AWS sends it unless a test says otherwise. */
interface About {
  attempt?: number;
  /** Null leaves it out. */
  account?: string | null;
  secondsAgo?: number;
  awsRequestId?: string;
}

/** One onboarding run on a worker and a task queue of its own. */
export class OnboardingRun {
  readonly requestId = randomUUID();
  readonly taskQueue = `test-${this.requestId}`;
  private readonly env: TestWorkflowEnvironment;
  private readonly timings: Partial<DelegationTimings> | undefined;
  private readonly scope: DelegationScope;
  private messages = 0;

  constructor(env: TestWorkflowEnvironment, timings?: Partial<DelegationTimings>, scope: DelegationScope = 'account') {
    this.env = env;
    this.timings = timings;
    this.scope = scope;
  }

  get startOptions() {
    const request = {
      id: this.requestId,
      nickname: 'Payments',
      scope: this.scope,
      accountId: askedAccount,
      roleName: 'MusterHarvest',
      generation: 1,
    };
    return { ...delegationOnboardingStart(request, this.timings), taskQueue: this.taskQueue };
  }

  get handle(): WorkflowHandle {
    return this.env.client.workflow.getHandle(this.startOptions.workflowId);
  }

  /** Starts the run and lets `play` act while a worker with these activities serves it; answers the run's result. */
  async play(fake: FakeActivities, play: (run: this) => Promise<void> = async () => {}): Promise<DelegationOnboardingResult> {
    const worker = await createTestWorker(this.env, {
      taskQueue: this.taskQueue,
      activities: { ...fake.activities },
      maxHeartbeatThrottleInterval: 100,
    });
    return await worker.runUntil(async () => {
      const { workflowType, ...options } = this.startOptions;
      await this.env.client.workflow.start(workflowType, options);
      await play(this);
      return (await this.handle.result()) as DelegationOnboardingResult;
    });
  }

  async aws(state: AwsDelegationState, about: About = {}): Promise<void> {
    await this.handle.signal(delegationStateChanged, {
      ...(await this.about(about)),
      state,
    });
  }

  async token(about: About = {}): Promise<void> {
    const common = await this.about(about);
    await this.handle.signal(exchangeTokenReceived, {
      ...common,
      tokenReference: `reference-${common.attempt}`,
      expiresAt: new Date(Date.parse(common.updatedAt) + 3_600_000).toISOString(),
    });
  }

  state(): Promise<DelegationOnboardingState> {
    return this.handle.query(delegationStateQuery);
  }

  /** How long the run took by the server's clock, in milliseconds. The server's own clock runs on once a run has ended. */
  async duration(): Promise<number> {
    const { events } = await this.handle.fetchHistory();
    const times = (events ?? []).map((event) => Number(event.eventTime?.seconds ?? 0) * 1_000);
    return times.at(-1)! - times[0]!;
  }

  /** Waits, in real time, until the run's state satisfies the predicate. */
  async until(predicate: (state: DelegationOnboardingState) => boolean): Promise<DelegationOnboardingState> {
    const giveUpAt = Date.now() + 20_000;
    for (;;) {
      const state = await this.state();
      if (predicate(state)) return state;
      if (Date.now() > giveUpAt) throw new Error(`The run never got there; it is at ${JSON.stringify(state)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  private async about({ attempt = 1, account = askedAccount, secondsAgo = 0, awsRequestId = `dr-${attempt}` }: About) {
    this.messages += 1;
    const now = (await this.env.currentTimeMs()) + this.messages;
    return {
      messageId: `message-${this.messages}`,
      attempt,
      awsRequestId,
      ...(account === null ? {} : { ownerAccountId: account }),
      updatedAt: new Date(now - secondsAgo * 1_000).toISOString(),
    };
  }
}
