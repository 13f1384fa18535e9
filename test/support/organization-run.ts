import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  keeperStateQuery,
  organizationWorkflowId,
  type OrganizationKeeperState,
  wakeKeeperCall,
} from '../../workflows/contracts/organization-keeper.ts';
import {
  organizationSyncWorkflowId,
  syncProgressQuery,
  type OrganizationSyncInput,
  type OrganizationSyncResult,
  type SyncProgress,
  organizationSyncChild,
} from '../../workflows/contracts/organization-sync.ts';
import { removalHoldWorkflowId, type RemovalHoldInput, removalHoldChild } from '../../workflows/contracts/removal-hold.ts';
import type { FakeOrganization, FakeRow } from './fake-organization.ts';
import { createTestWorker } from './workflow-worker.ts';

/** An organization's workflows on a worker and a task queue of their own. */
export class OrganizationRun {
  readonly taskQueue = `test-${randomUUID()}`;
  readonly fake: FakeOrganization;
  /** The run that `play` started; another one may have continued it. */
  firstRunId: string | null = null;
  private readonly env: TestWorkflowEnvironment;

  constructor(env: TestWorkflowEnvironment, fake: FakeOrganization) {
    this.env = env;
    this.fake = fake;
  }

  get keeper(): WorkflowHandle {
    return this.env.client.workflow.getHandle(organizationWorkflowId(this.fake.awsOrganizationId));
  }

  sync({ syncId }: { syncId: string }): WorkflowHandle {
    return this.env.client.workflow.getHandle(organizationSyncWorkflowId(syncId));
  }

  /** Lets `play` act while a worker serves. */
  async serve<T>(play: () => Promise<T>): Promise<T> {
    const worker = await createTestWorker(this.env, {
      taskQueue: this.taskQueue,
      activities: { ...this.fake.activities },
      // As Muster's own workers have it: a cancellation reaches an activity with a heartbeat.
      maxHeartbeatThrottleInterval: '2s',
    });
    return await worker.runUntil(play);
  }

  hold({ syncId }: { syncId: string }): WorkflowHandle {
    return this.env.client.workflow.getHandle(removalHoldWorkflowId(syncId));
  }

  /** Starts the hold of a sync's removals without the sync. */
  async startHold({ syncId }: FakeRow, input: Pick<RemovalHoldInput, 'count' | 'lastNumber' | 'waits'>): Promise<WorkflowHandle> {
    this.fake.holds.set(syncId, 'waiting');
    const {
      workflowType,
      parentClosePolicy: _childrenOnly,
      ...options
    } = removalHoldChild({ syncId, awsOrganizationId: this.fake.awsOrganizationId, ...input });
    return await this.env.client.workflow.start(workflowType, { ...options, taskQueue: this.taskQueue });
  }

  /** Runs one piece of work without a keeper. */
  async play(
    row: FakeRow,
    input: Pick<OrganizationSyncInput, 'timings' | 'fromSnapshot'> = {},
    act: () => Promise<void> = async () => {},
  ): Promise<OrganizationSyncResult> {
    const { awsOrganizationId } = this.fake;
    const { kind, syncId } = row;
    if (kind === 'badging') throw new Error('Badging has a workflow of its own');
    const {
      workflowType,
      parentClosePolicy: _childrenOnly,
      ...options
    } = organizationSyncChild({ syncId, kind, awsOrganizationId, ...input }, 'Acme');
    return await this.serve(async () => {
      const started = await this.env.client.workflow.start(workflowType, { ...options, taskQueue: this.taskQueue });
      this.firstRunId = started.firstExecutionRunId;
      await act();
      return (await this.sync(row).result()) as OrganizationSyncResult;
    });
  }

  /** Wakes the keeper for a row, as the writer of the row does. */
  async wake({ kind, syncId, trigger }: FakeRow, continueAfter?: number): Promise<void> {
    const { workflowType, ...options } = wakeKeeperCall(
      this.fake.awsOrganizationId,
      { kind, syncId, trigger, settingsGeneration: 1 },
      continueAfter === undefined ? {} : { continueAfter },
    );
    await this.env.client.workflow.signalWithStart(workflowType, { ...options, taskQueue: this.taskQueue });
  }

  state(): Promise<OrganizationKeeperState> {
    return this.keeper.query(keeperStateQuery);
  }

  progress(row: { syncId: string }): Promise<SyncProgress> {
    return this.sync(row).query(syncProgressQuery);
  }
}
