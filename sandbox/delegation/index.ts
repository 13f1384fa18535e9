/** IAM temporary delegation (access_policies-temporary-delegation-partner-guide.html). Its operations are part of the IAM and STS services. */
import type { Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { createDelegationRequest } from './create.ts';
import {
  acceptDelegationRequest,
  associateDelegationRequest,
  rejectDelegationRequest,
  sendDelegationToken,
  updateDelegationRequest,
} from './decide.ts';
import { getDelegationRequest, getHumanReadableSummary, listDelegationRequests } from './read.ts';
import { expireDue } from './request.ts';
import { getDelegatedAccessToken } from './token.ts';

export { registerPartner } from './partner.ts';
export type { PartnerRegistration } from './registration.ts';
export { revoke } from './token.ts';

/** For the iam service. */
export const operations: Record<string, Operation> = {
  CreateDelegationRequest: createDelegationRequest,
  AssociateDelegationRequest: associateDelegationRequest,
  GetDelegationRequest: getDelegationRequest,
  ListDelegationRequests: listDelegationRequests,
  UpdateDelegationRequest: updateDelegationRequest,
  AcceptDelegationRequest: acceptDelegationRequest,
  RejectDelegationRequest: rejectDelegationRequest,
  SendDelegationToken: sendDelegationToken,
  GetHumanReadableSummary: getHumanReadableSummary,
};

/** For the sts service. */
export const stsOperations: Record<string, Operation> = { GetDelegatedAccessToken: getDelegatedAccessToken };

/** How late an expiry may be noticed when the clock just runs. */
const checkEveryMs = 1000;

/** Expires requests as their time comes, also what came due while the sandbox was down. Returns a stop function. */
export function start(world: World): () => void {
  const check = (): void => expireDue(world);
  check();
  const timer = setInterval(check, checkEveryMs);
  const forget = world.onClock(check);
  return () => {
    clearInterval(timer);
    forget();
  };
}
