import { z } from 'zod';

/**
 * The envelope in which SNS delivers a message.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
const envelopeSchema = z.object({
  Type: z.literal('Notification'),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string().min(1).max(400),
  Message: z.string(),
  Timestamp: z.string(),
});

export interface SnsEnvelope {
  messageId: string;
  topicArn: string;
  message: string;
}

/** Parses an SNS envelope; null if the text is none. */
export function parseEnvelope(text: string): SnsEnvelope | null {
  const parsed = envelopeSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { MessageId, TopicArn, Message } = parsed.data;
  return { messageId: MessageId, topicArn: TopicArn, message: Message };
}

/** Parses JSON from outside; undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
