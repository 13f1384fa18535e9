import { z } from 'zod';
import { parseAwsState, type AwsDelegationState } from '../domain/delegation/states.ts';
import { parseRequestorWorkflowId } from '../workflows/contracts/delegation-onboarding.ts';
import { parseJson } from './envelope.ts';

const isoTime = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

const common = {
  RequestId: z.string().min(1).max(300),
  RequestorWorkflowId: z.string().min(1).max(400),
  // Not documented for a request that expired unclaimed: absent or null.
  OwnerAccountId: z.string().nullish(),
  UpdatedAt: isoTime,
};

/**
 * What IAM publishes about a delegation request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-building-integration.html
 */
const bodySchema = z.discriminatedUnion('Type', [
  z.object({ ...common, Type: z.literal('StateChange'), State: z.string() }),
  z.object({ ...common, Type: z.literal('ExchangeToken'), ExchangeToken: z.string().min(1), ExpiresAt: isoTime }),
]);

interface About {
  requestId: string;
  attempt: number;
  awsRequestId: string;
  ownerAccountId: string | null;
  updatedAt: Date;
}

export type DelegationMessage =
  | (About & { type: 'StateChange'; state: AwsDelegationState })
  | (About & { type: 'ExchangeToken'; token: string; expiresAt: Date });

/** Reads the inner message; a reason in words when it is not for us or not understood. */
export function parseDelegationMessage(text: string): DelegationMessage | { unusable: string } {
  const parsed = bodySchema.safeParse(parseJson(text));
  if (!parsed.success) return { unusable: 'not a delegation message that Muster knows' };
  const body = parsed.data;
  const ids = parseRequestorWorkflowId(body.RequestorWorkflowId);
  if (!ids) return { unusable: 'about a request that Muster did not make' };
  const about: About = {
    ...ids,
    awsRequestId: body.RequestId,
    ownerAccountId: body.OwnerAccountId ?? null,
    updatedAt: new Date(body.UpdatedAt),
  };
  if (body.Type === 'ExchangeToken') {
    return { ...about, type: 'ExchangeToken', token: body.ExchangeToken, expiresAt: new Date(body.ExpiresAt) };
  }
  const state = parseAwsState(body.State);
  return state ? { ...about, type: 'StateChange', state } : { unusable: 'a delegation state that Muster does not know' };
}
