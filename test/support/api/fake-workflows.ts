import type { CancelOutcome, OpenableRequest, OpenOutcome, WorkflowGateway } from '../../../api/temporal/gateway.ts';

/** Temporal as a test wants it: answers what it is told to, and remembers what it was asked. */
export interface FakeWorkflows extends WorkflowGateway {
  /** The answer to `open`; a function may do what the workflow would have done. */
  onOpen: (request: OpenableRequest) => OpenOutcome | Promise<OpenOutcome>;
  onCancel: (request: OpenableRequest) => CancelOutcome | Promise<CancelOutcome>;
  isReachable: boolean;
  readonly opened: OpenableRequest[];
  readonly cancelled: { id: string; by: string }[];
  readonly rechecked: string[];
}

export function createFakeWorkflows(): FakeWorkflows {
  const fake: FakeWorkflows = {
    onOpen: () => ({ kind: 'opened', awsRequestId: 'dr-0123456789abcdef', consoleUrl: 'https://console.aws.example/dr-0123456789abcdef' }),
    onCancel: () => ({ kind: 'cancelled' }),
    isReachable: true,
    opened: [],
    cancelled: [],
    rechecked: [],
    async open(request) {
      fake.opened.push(request);
      return await fake.onOpen(request);
    },
    async cancel(request, by) {
      fake.cancelled.push({ id: request.id, by });
      return await fake.onCancel(request);
    },
    async recheck(cloud) {
      if (!fake.isReachable) throw new Error('unreachable');
      fake.rechecked.push(cloud.id);
    },
    async ping() {
      if (!fake.isReachable) throw new Error('unreachable');
    },
  };
  return fake;
}
