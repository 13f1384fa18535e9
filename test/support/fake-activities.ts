import type { Activities, DelegationRequestChange, RecordProgressInput, TimelineEntry } from '../../workflows/contracts/activities.ts';

/** The same functions; `hear` is told of each call. */
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

/** A registry and an AWS in memory, for tests of what a workflow decides. */
export class FakeActivities {
  readonly row: DelegationRequestChange = {};
  readonly entries: TimelineEntry[] = [];
  readonly calls: string[] = [];
  readonly activities: Activities;

  constructor(overrides: Partial<Activities> = {}) {
    const answers: Activities = {
      loadDelegationRequest: async ({ requestId }) => ({
        id: requestId,
        nickname: 'Payments',
        scope: 'account',
        accountId: '111122223333',
        roleName: 'MusterHarvest',
        sessionDurationSeconds: 3_600,
        phase: 'requested',
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
      proveRole: async () => {},
      proveRefusal: async () => ({ refused: true }),
      checkCloudRole: async () => ({ status: 'ok', reason: null }),
      recordProgress: async (input) => this.record(input),
      registerCloud: async () => ({ cloudId: 'cloud-1' }),
      closeRequest: async (input) => this.record(input),
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

  count(name: keyof Activities): number {
    return this.calls.filter((call) => call === name).length;
  }

  private record({ change, timeline }: RecordProgressInput): void {
    Object.assign(this.row, change);
    this.entries.push(...(timeline ?? []));
  }
}
