import { randomInt } from 'node:crypto';
import type { StackInfo } from '../stack/stack.ts';
import { connectApi } from './api.ts';
import { createApprover } from './approver.ts';

interface DelegationRequest {
  id: string;
  phase: string;
  awsRequestId: string | null;
  consoleUrl: string | null;
  cloudId: string | null;
  failure: { code: string; message: string } | null;
}

interface TimelineEntry {
  type: string;
  message: string;
}

interface Cloud {
  nickname: string;
  accountId: string;
  status: string;
  roleArn: string;
}

export interface DelegationDemo {
  stack: StackInfo;
  /** True: a person answers in the sandbox's console. False: the demo does, through the AWS SDK. */
  manual: boolean;
  tell(line: string): void;
}

/** Onboards one account by temporary delegation. Throws when anything on the way is not as it should be. */
export async function demonstrateDelegation({ stack, manual, tell }: DelegationDemo): Promise<void> {
  const api = connectApi(stack.apiUrl, stack.adminApiKey);
  // A new account each time, so that the demo can run again on the same stack.
  const accountId = String(randomInt(100_000_000_000, 1_000_000_000_000));
  tell(`asking for access to account ${accountId}`);
  const created = await api.post<DelegationRequest>('/v1/delegation-requests', {
    nickname: `Demo ${accountId}`,
    scope: 'account',
    accountId,
    roleName: 'MusterHarvesting',
    acknowledged: true,
  });
  let request = created.consoleUrl ? created : await openedRequest(api, created.id);
  tell(`open this in the AWS console to answer: ${request.consoleUrl}`);

  const approver = createApprover(stack.awsEndpointUrl, accountId);
  const answering = manual ? waitForPerson(tell) : playApprover(approver, request.awsRequestId!, tell);
  const watching = (async () => {
    for await (const { event, data } of api.events(`/v1/delegation-requests/${request.id}/events`)) {
      if (event === 'timeline') tell(`  ${(data as TimelineEntry).message}`);
      if (event === 'request') request = data as DelegationRequest;
    }
  })();
  try {
    await Promise.all([answering, watching]);
  } finally {
    approver.close();
  }

  request = await api.get<DelegationRequest>(`/v1/delegation-requests/${request.id}`);
  if (request.phase !== 'completed') {
    throw new Error(`The request ended as ${request.phase}: ${request.failure?.message ?? 'no reason given'}`);
  }
  const listing = await api.get<{ items: Cloud[] }>(`/v1/clouds?search=${accountId}`);
  const cloud = listing.items.find((item) => item.accountId === accountId);
  if (cloud?.status !== 'ok') throw new Error(`Account ${accountId} is not in the clouds listing as ok`);
  tell(`listed: "${cloud.nickname}", account ${cloud.accountId}, status ${cloud.status}, role ${cloud.roleArn}`);
}

/** A request whose creation took longer than the POST waited. */
async function openedRequest(api: ReturnType<typeof connectApi>, id: string): Promise<DelegationRequest> {
  for await (const { event, data } of api.events(`/v1/delegation-requests/${id}/events`)) {
    const request = data as DelegationRequest;
    if (event === 'request' && request.consoleUrl) return request;
  }
  throw new Error('The request ended before AWS had it');
}

async function playApprover(
  approver: ReturnType<typeof createApprover>,
  awsRequestId: string,
  tell: (line: string) => void,
): Promise<void> {
  tell('playing the approver: takes the request up, forwards it, and an administrator approves it');
  await approver.takeUp(awsRequestId);
  await approver.forward(awsRequestId);
  await approver.approve(awsRequestId);
}

async function waitForPerson(tell: (line: string) => void): Promise<void> {
  tell('waiting for you to answer there (Ctrl-C gives up)');
}
