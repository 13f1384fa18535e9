import { organizationRoleActions } from '../../domain/organizations/actions.ts';
import type { DelegationScope } from '../../domain/delegation/states.ts';
import type { ActivityFunctions } from '../../workflows/contracts/activity.ts';
import type { CloudRecheckActivities } from '../../workflows/contracts/cloud-recheck.ts';
import type { CredentialCheckActivities, CredentialCheckItem } from '../../workflows/contracts/credential-check.ts';
import type {
  DelegationOnboardingActivities,
  DelegationRequestChange,
  RecordProgressInput,
  TimelineEntry,
} from '../../workflows/contracts/delegation-onboarding.ts';

/** The same functions, which report each call to `hear`. */
export function overheard<T extends object>(answers: T, hear: (name: string, input: unknown) => void): T {
  const entries = Object.entries(answers).map(([name, run]) => [
    name,
    (input: never) => {
      hear(name, input);
      return (run as (input: never) => unknown)(input);
    },
  ]);
  return Object.fromEntries(entries) as T;
}

/** The activities that a run and its children call. */
export type FakedActivities = ActivityFunctions<DelegationOnboardingActivities & CredentialCheckActivities & CloudRecheckActivities>;

export const fakeOrganization = { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' as const };

/** One check of credentials, which passed unless a fault is given. */
export function checked(name: CredentialCheckItem['name'], action?: string, fault?: string): CredentialCheckItem {
  return { name, ...(action ? { action } : {}), passed: fault === undefined, message: fault ?? 'as it has to be' };
}

/** A stack that AWS rolls back, with the reason. */
export const stackRollsBack =
  (reason: string, denied = false): FakedActivities['deployAccountStack'] =>
  async () => ({ stackId: 's', stackName: 'muster-stack', status: 'ROLLBACK_COMPLETE', succeeded: false, reason, denied });

/** A registry and an AWS in memory, for tests of a workflow's decisions. */
export class FakeActivities {
  readonly row: DelegationRequestChange = {};
  readonly entries: TimelineEntry[] = [];
  readonly calls: string[] = [];
  readonly activities: FakedActivities;

  constructor(overrides: Partial<FakedActivities> = {}, scope: DelegationScope = 'account') {
    const answers: FakedActivities = {
      loadDelegationRequest: async ({ requestId }) => ({
        id: requestId,
        nickname: 'Payments',
        scope,
        accountId: '111122223333',
        roleName: 'MusterHarvest',
        sessionDurationSeconds: 3_600,
        phase: 'requested',
        credentialSetId: `set-${requestId}`,
      }),
      findAccountConflict: async () => null,
      createDelegationRequest: async ({ attempt }) => ({
        awsRequestId: `dr-${attempt}`,
        consoleUrl: `https://console.example/${attempt}`,
      }),
      deployAccountStack: async () => ({
        stackId: 'arn:stack',
        stackName: 'muster-stack',
        status: 'CREATE_COMPLETE',
        succeeded: true,
        reason: null,
        denied: false,
      }),
      removeAccountStack: async () => ({ removed: true, leftInAccount: [], reason: null }),
      checkOrganizationAccess: async () => ({ outcome: 'ready', awsOrganizationId: fakeOrganization.awsOrganizationId }),
      deployMemberRoles: async () => ({
        stackSetName: 'muster-stack-set',
        operationId: 'operation-1',
        started: true,
        reason: null,
        denied: false,
      }),
      removeMemberRoles: async () => ({ removed: true, leftInAccount: [], reason: null }),
      proveRole: async () => {},
      proveRefusal: async () => ({ refused: true }),
      checkCloudRole: async () => ({ status: 'ok', reason: null }),
      hasUndeliveredMessages: async () => false,
      recordProgress: async (input) => this.record(input),
      registerCloud: async () => ({ cloudId: 'cloud-1' }),
      registerOrganization: async ({ organization }) => ({
        organizationId: 'organization-1',
        awsOrganizationId: organization.awsOrganizationId,
      }),
      checkAssumeRole: async () => checked('assume_role'),
      checkDescribeOrganization: async () => ({ check: checked('describe_organization'), organization: fakeOrganization }),
      checkScope: async () => [checked('scope')],
      checkSimulate: async () => organizationRoleActions.map(({ action }) => checked('simulate', action)),
      eraseCredentials: async () => {},
      closeRequest: async (input) => this.record(input),
      requireOwnership: async () => {},
      recordStrandedRun: async () => {},
      recordUnfinishedCheck: async () => {},
      recordCloudCheck: async () => {},
      ...overrides,
    };
    this.activities = overheard(answers, (name) => {
      if (name !== 'recordProgress') this.calls.push(name);
    });
  }

  /** The timeline's types, in order. */
  get timeline(): string[] {
    return this.entries.map((entry) => entry.type);
  }

  count(name: keyof FakedActivities): number {
    return this.calls.filter((call) => call === name).length;
  }

  private record({ change, timeline }: RecordProgressInput): void {
    Object.assign(this.row, change);
    this.entries.push(...(timeline ?? []));
  }
}
