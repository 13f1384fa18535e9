import type {
  CancelOutcome,
  CredentialCheckOutcome,
  CredentialsToCheck,
  OpenableRequest,
  OpenOutcome,
  RemovalsOutcome,
  RoleProofOutcome,
  RoleToProve,
  WorkflowGateway,
} from '../../../api/temporal/gateway.ts';
import type { KeeperRequest } from '../../../workflows/contracts/organization-keeper.ts';

/** A gateway without Temporal: returns the results that a test sets, and records the calls. */
export interface FakeWorkflows extends WorkflowGateway {
  /** The result of `open`. The function may also write what the workflow would have written. */
  onOpen: (request: OpenableRequest) => OpenOutcome | Promise<OpenOutcome>;
  onCancel: (request: OpenableRequest) => CancelOutcome | Promise<CancelOutcome>;
  onCheck: (set: CredentialsToCheck) => CredentialCheckOutcome | Promise<CredentialCheckOutcome>;
  onProve: (set: RoleToProve) => RoleProofOutcome | Promise<RoleProofOutcome>;
  /** Runs the work of a preview, started by the keeper or on its own. */
  onPreview: (syncId: string) => Promise<void>;
  onConfirmRemovals: (syncId: string) => RemovalsOutcome | Promise<RemovalsOutcome>;
  isReachable: boolean;
  readonly opened: OpenableRequest[];
  readonly cancelled: { id: string; by: string }[];
  readonly rechecked: string[];
  /** The rechecks that replace a running check. */
  readonly replacedRechecks: string[];
  /** The ids of the checked credential sets. */
  readonly checked: string[];
  /** The credential sets of clouds whose roles were proven. */
  readonly proven: RoleToProve[];
  /** The ids that each check looks up at AWS. */
  readonly lookedUp: string[][];
  /** The requests to keepers, with AWS's id of the organization. */
  readonly woken: ({ awsOrganizationId: string } & KeeperRequest)[];
  /** The sync ids of previews from snapshots. */
  readonly startedPreviews: string[];
  readonly cancelledSyncs: { awsOrganizationId: string; syncId: string; by: string }[];
  /** The paused and resumed schedules, with Muster's id of the organization. */
  readonly pausedSchedules: { organizationId: string; kind: string; paused: boolean; by: string }[];
  /** The intervals that the schedules of organizations were set to. */
  readonly setSchedulesOf: { organizationId: string; syncEveryMinutes: number; autoBadgingEveryMinutes: number }[];
  readonly removalAnswers: { syncId: string; confirm: boolean; by: string }[];
  /** The syncs whose holds ended with their organization. */
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
    onProve: () => ({
      kind: 'checked',
      verdict: 'accepted',
      proof: {
        checks: [
          { name: 'assume_role', passed: true, message: 'The role was assumed.' },
          { name: 'refuses_without_external_id', passed: true, message: 'The role refuses Muster without the external id.' },
        ],
        warnings: [],
        checkedAt: new Date().toISOString(),
      },
    }),
    onPreview: async () => {},
    onConfirmRemovals: () => ({ kind: 'answered' }),
    isReachable: true,
    opened: [],
    cancelled: [],
    rechecked: [],
    replacedRechecks: [],
    checked: [],
    proven: [],
    lookedUp: [],
    woken: [],
    startedPreviews: [],
    cancelledSyncs: [],
    pausedSchedules: [],
    setSchedulesOf: [],
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
      if (running === 'replace') fake.replacedRechecks.push(cloud.id);
    },
    async checkCredentials(set) {
      fake.checked.push(set.id);
      fake.lookedUp.push(set.scopeIds ?? []);
      return await fake.onCheck(set);
    },
    async proveRole(set) {
      fake.proven.push(set);
      return await fake.onProve(set);
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
    async setSchedules({ id, syncEveryMinutes, autoBadgingEveryMinutes }) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.setSchedulesOf.push({ organizationId: id, syncEveryMinutes, autoBadgingEveryMinutes });
      const state = { paused: false, nextRunAt: new Date('2030-02-02T00:00:00.000Z') };
      return { sync: state, badging: state };
    },
    async ping() {
      if (!fake.isReachable) throw new Error('unreachable');
    },
  };
  return fake;
}
