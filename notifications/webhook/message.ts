import { z } from 'zod';
import { parseJson } from '../envelope.ts';
import { Refusal } from './refusal.ts';

const common = {
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string().min(1).max(400),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.base64().min(1).max(2_000),
  SigningCertURL: z.string().max(2_000),
};
const subscription = { ...common, Token: z.string().min(1).max(2_000), SubscribeURL: z.string().max(4_000) };

/**
 * The messages that SNS posts to an HTTP endpoint.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
const schema = z.discriminatedUnion('Type', [
  z.object({ ...common, Type: z.literal('Notification'), Subject: z.string().nullish() }),
  z.object({ ...subscription, Type: z.literal('SubscriptionConfirmation') }),
  z.object({ ...subscription, Type: z.literal('UnsubscribeConfirmation') }),
]);

export type SnsMessage = z.infer<typeof schema>;
export type SnsSubscriptionConfirmation = Extract<SnsMessage, { Type: 'SubscriptionConfirmation' }>;

/** Parses a posted body. Throws a Refusal that names the invalid fields. */
export function parseSnsMessage(text: string): SnsMessage {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || 'the body'))];
  throw new Refusal('not_an_sns_message', `This is not an SNS message. Invalid fields: ${fields.join(', ')}.`);
}

/** True for a well-formed message that names the topic. The name is a claim until its signature is verified. */
export function namesTopic(text: string, topicArn: string): boolean {
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success && parsed.data.TopicArn === topicArn;
}
