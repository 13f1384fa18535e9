import { z } from 'zod';
import { parseAwsState, type AwsDelegationState } from '../domain/delegation/states.ts';
import { parseRequestorWorkflowId } from '../workflows/contracts/delegation-onboarding.ts';
import { parseJson } from './envelope.ts';

const isoTime = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

const names = {
  RequestId: z.string().min(1).max(300),
  RequestorWorkflowId: z.string().min(1).max(400),
};
const namedSchema = z.object(names);

const common = {
  ...names,
  // Not documented for a request that expired unclaimed, so it may be absent or null.
  OwnerAccountId: z.string().nullish(),
  UpdatedAt: isoTime,
};

/**
 * The messages that IAM publishes about a delegation request.
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

/** A message that Muster cannot use, with the reason, and the request that it names if that was readable. */
export interface UnusableMessage {
  unusable: string;
  about?: Pick<About, 'requestId' | 'attempt' | 'awsRequestId'>;
}

/** Parses the message inside the SNS envelope. */
export function parseDelegationMessage(text: string): DelegationMessage | UnusableMessage {
  const value = parseJson(text);
  // The ids come first, so that an unknown message, which AWS may add one day, still reaches its request's timeline.
  const named = namedSchema.safeParse(value);
  const ids = named.success ? parseRequestorWorkflowId(named.data.RequestorWorkflowId) : null;
  if (named.success && !ids) return { unusable: 'about a request that Muster did not make' };
  const parsed = bodySchema.safeParse(value);
  if (!parsed.success || !ids) {
    const about = named.success && ids ? { about: { ...ids, awsRequestId: named.data.RequestId } } : {};
    return { unusable: 'not a delegation message that Muster knows', ...about };
  }
  const body = parsed.data;
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
  if (state) return { ...about, type: 'StateChange', state };
  return { unusable: 'a delegation state that Muster does not know', about: { ...ids, awsRequestId: body.RequestId } };
}
