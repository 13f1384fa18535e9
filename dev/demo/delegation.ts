import { randomInt } from 'node:crypto';
import type { Api } from './api.ts';
import { createApprover, type Approver } from './approver.ts';
import { findClouds } from './clouds.ts';
import { followToEnd, whenOpened, type DelegationRequest } from './request.ts';
import type { Stage } from './stage.ts';

/** The answer of an account's people to a request. */
type Answer = (approver: Approver, awsRequestId: string) => Promise<void>;

/**
 * Onboards one account by temporary delegation. The first request is rejected, and the demo sends the same settings again.
 * A person approves the second request in the sandbox's console if `manual`; else the demo approves it with the AWS SDK.
 * Throws if a step has an unexpected result.
 */
export async function demonstrateDelegation({ stack, api, print }: Stage, manual: boolean): Promise<void> {
  // A new account for each run, so that the demo can run again on the same stack.
  const accountId = String(randomInt(100_000_000_000, 1_000_000_000_000));
  const approver = createApprover(stack.awsEndpointUrl, accountId);
  try {
    print(`requesting access to account ${accountId}`);
    const first = await api.post<DelegationRequest>('/v1/delegation-requests', {
      nickname: `Demo ${accountId}`,
      scope: 'account',
      accountId,
      roleName: 'MusterHarvesting',
      acknowledged: true,
    });
    const rejected = await answer(api, first, approver, print, async (person, awsRequestId) => {
      print('as the approver: taking the request and rejecting it');
      await person.takeUp(awsRequestId);
      await person.reject(awsRequestId);
    });
    expectPhase(rejected, 'rejected');

    print('sending the same settings again');
    const again = await api.post<DelegationRequest>(`/v1/delegation-requests/${first.id}/resend`, {});
    const completed = await answer(api, again, approver, print, async (person, awsRequestId) => {
      if (manual) {
        print('waiting for your answer there (Ctrl-C stops the demo)');
        return;
      }
      print('as the approver: taking the request, forwarding it, and approving it as an administrator');
      await person.takeUp(awsRequestId);
      await person.forward(awsRequestId);
      await person.approve(awsRequestId);
    });
    expectPhase(completed, 'completed');
  } finally {
    approver.close();
  }
  const cloud = (await findClouds(api, { search: accountId })).find((found) => found.accountId === accountId);
  if (cloud?.status !== 'ok') throw new Error(`Account ${accountId} is not in the clouds listing as ok`);
  print(`listed: "${cloud.nickname}", account ${cloud.accountId}, status ${cloud.status}, role ${cloud.roleArn}`);
}

/** Prints the console link of the request, answers it, and follows it to its end. */
async function answer(
  api: Api,
  created: DelegationRequest,
  approver: Approver,
  print: (line: string) => void,
  act: Answer,
): Promise<DelegationRequest> {
  const request = await whenOpened(api, created);
  print(`the link to the AWS console: ${request.consoleUrl}`);
  const [ended] = await Promise.all([followToEnd(api, request.id, print), act(approver, request.awsRequestId)]);
  return ended;
}

function expectPhase(request: DelegationRequest, phase: string): void {
  if (request.phase === phase) return;
  throw new Error(`The request ended as ${request.phase}, not as ${phase}: ${request.failure?.message ?? 'no reason given'}`);
}
