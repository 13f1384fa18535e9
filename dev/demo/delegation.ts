import { randomInt } from 'node:crypto';
import type { Api } from './api.ts';
import { createApprover, type Approver } from './approver.ts';
import { findClouds } from './clouds.ts';
import { followToEnd, whenOpened, type DelegationRequest } from './request.ts';
import type { Stage } from './stage.ts';

/** What an account's people do with a request that they took up. */
type Answer = (approver: Approver, awsRequestId: string) => Promise<void>;

/**
 * Onboards one account by temporary delegation: the first request is rejected, the same settings are sent again, and
 * this one is approved: by a person in the sandbox's console if `manual`, else by the demo, through the AWS SDK. Throws
 * when anything on the way is not as it should be.
 */
export async function demonstrateDelegation({ stack, api, tell }: Stage, manual: boolean): Promise<void> {
  // A new account each time, so that the demo can run again on the same stack.
  const accountId = String(randomInt(100_000_000_000, 1_000_000_000_000));
  const approver = createApprover(stack.awsEndpointUrl, accountId);
  try {
    tell(`asking for access to account ${accountId}`);
    const first = await api.post<DelegationRequest>('/v1/delegation-requests', {
      nickname: `Demo ${accountId}`,
      scope: 'account',
      accountId,
      roleName: 'MusterHarvesting',
      acknowledged: true,
    });
    const rejected = await answer(api, first, approver, tell, async (person, awsRequestId) => {
      tell('playing the approver: takes the request up and rejects it');
      await person.takeUp(awsRequestId);
      await person.reject(awsRequestId);
    });
    expectPhase(rejected, 'rejected');

    tell('sending it again with the same settings');
    const again = await api.post<DelegationRequest>(`/v1/delegation-requests/${first.id}/resend`, {});
    const completed = await answer(api, again, approver, tell, async (person, awsRequestId) => {
      if (manual) {
        tell('waiting for you to answer there (Ctrl-C gives up)');
        return;
      }
      tell('playing the approver: takes the request up, forwards it, and an administrator approves it');
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
  tell(`listed: "${cloud.nickname}", account ${cloud.accountId}, status ${cloud.status}, role ${cloud.roleArn}`);
}

/** Tells where the request can be answered, lets it be answered, and follows it to its end. */
async function answer(
  api: Api,
  created: DelegationRequest,
  approver: Approver,
  tell: (line: string) => void,
  act: Answer,
): Promise<DelegationRequest> {
  const request = await whenOpened(api, created);
  tell(`open this in the AWS console to answer: ${request.consoleUrl}`);
  const [ended] = await Promise.all([followToEnd(api, request.id, tell), act(approver, request.awsRequestId)]);
  return ended;
}

function expectPhase(request: DelegationRequest, phase: string): void {
  if (request.phase === phase) return;
  throw new Error(`The request ended as ${request.phase}, not as ${phase}: ${request.failure?.message ?? 'no reason given'}`);
}
