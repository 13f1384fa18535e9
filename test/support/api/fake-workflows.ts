import type {
  CancelOutcome,
  CredentialCheckOutcome,
  OpenableRequest,
  OpenOutcome,
  RemovalsOutcome,
  WorkflowGateway,
} from '../../../api/temporal/gateway.ts';
import type { KeeperRequest } from '../../../workflows/contracts/organization-keeper.ts';

/** Temporal as a test wants it: answers what it is told to, and remembers what it was asked. */
export interface FakeWorkflows extends WorkflowGateway {
  /** The answer to `open`; a function may do what the workflow would have done. */
  onOpen: (request: OpenableRequest) => OpenOutcome | Promise<OpenOutcome>;
  onCancel: (request: OpenableRequest) => CancelOutcome | Promise<CancelOutcome>;
  onCheck: (set: { id: string; roleArn: string }) => CredentialCheckOutcome | Promise<CredentialCheckOutcome>;
  /** Plays a preview's run, whoever was told of it. */
  onPreview: (syncId: string) => Promise<void>;
  onConfirmRemovals: (syncId: string) => RemovalsOutcome | Promise<RemovalsOutcome>;
  isReachable: boolean;
  readonly opened: OpenableRequest[];
  readonly cancelled: { id: string; by: string }[];
  readonly rechecked: string[];
  /** Those of them that were to take the place of a running check. */
  readonly recheckedAnew: string[];
  /** The credential sets that were to be checked. */
  readonly checked: string[];
  /** What the keepers were told, by AWS's id of the organization. */
  readonly woken: ({ awsOrganizationId: string } & KeeperRequest)[];
  /** The work of previews by older snapshots. */
  readonly startedPreviews: string[];
  readonly cancelledSyncs: { awsOrganizationId: string; syncId: string; by: string }[];
  /** Schedules that were paused or resumed, by our id of the organization. */
  readonly pausedSchedules: { organizationId: string; kind: string; paused: boolean; by: string }[];
  readonly removalAnswers: { syncId: string; confirm: boolean; by: string }[];
  /** The syncs whose holds were ended with their organization. */
  readonly supersededHolds: string[];
  readonly removedOrganizations: { awsOrganizationId: string; organizationId: string }[];
}

export function createFakeWorkflows(): FakeWorkflows {
  const fake: FakeWorkflows = {
    onOpen: () => ({ kind: 'opened', awsRequestId: 'dr-0123456789abcdef', consoleUrl: 'https://console.aws.example/dr-0123456789abcdef' }),
    onCancel: () => ({ kind: 'cancelled' }),
    onCheck: () => ({
      kind: 'checked',
      verdict: 'accepted',
      checks: [{ name: 'assume_role', passed: true, message: 'The role lets us in.' }],
      organization: { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' },
    }),
    onPreview: async () => {},
    onConfirmRemovals: () => ({ kind: 'answered' }),
    isReachable: true,
    opened: [],
    cancelled: [],
    rechecked: [],
    recheckedAnew: [],
    checked: [],
    woken: [],
    startedPreviews: [],
    cancelledSyncs: [],
    pausedSchedules: [],
    removalAnswers: [],
    supersededHolds: [],
    removedOrganizations: [],
    async open(request) {
      fake.opened.push(request);
      return await fake.onOpen(request);
    },
    async cancel(request, by) {
      fake.cancelled.push({ id: request.id, by });
      return await fake.onCancel(request);
    },
    async recheck(cloud, running) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.rechecked.push(cloud.id);
      if (running === 'replace') fake.recheckedAnew.push(cloud.id);
    },
    async checkCredentials(set) {
      fake.checked.push(set.id);
      return await fake.onCheck(set);
    },
    async wakeKeeper(awsOrganizationId, request) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.woken.push({ awsOrganizationId, ...request });
      if (request.kind === 'preview') await fake.onPreview(request.syncId);
    },
    async startSnapshotPreview({ syncId }) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.startedPreviews.push(syncId);
      await fake.onPreview(syncId);
    },
    async cancelSync(awsOrganizationId, request) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.cancelledSyncs.push({ awsOrganizationId, ...request });
    },
    async confirmRemovals(syncId, answer) {
      fake.removalAnswers.push({ syncId, ...answer });
      return await fake.onConfirmRemovals(syncId);
    },
    async supersedeHold(syncId) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.supersededHolds.push(syncId);
    },
    async organizationRemoved(awsOrganizationId, organizationId) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.removedOrganizations.push({ awsOrganizationId, organizationId });
    },
    async pauseSchedule({ id: organizationId }, kind, change) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.pausedSchedules.push({ organizationId, kind, ...change });
      return { nextRunAt: change.paused ? null : new Date('2030-01-01T00:00:00.000Z') };
    },
    async ping() {
      if (!fake.isReachable) throw new Error('unreachable');
    },
  };
  return fake;
}
