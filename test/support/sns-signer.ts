import { createSign, randomUUID } from 'node:crypto';
import { generate } from 'selfsigned';

/** Where AWS would keep the certificate. */
export const certificateUrl = 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';

export type SnsFields = Record<string, string | undefined>;

/** Signs messages as SNS does, by its documentation and apart from the code that checks them. */
export interface SnsSigner {
  pem: string;
  /** A signed Notification from a topic; what is given replaces what would be there, before it is signed. */
  notification(fields?: SnsFields): Record<string, string>;
  /** A signed SubscriptionConfirmation or UnsubscribeConfirmation. */
  confirmation(type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation', fields?: SnsFields): Record<string, string>;
}

export async function createSnsSigner(topicArn: string, options: { notAfterDate?: Date; keyType?: 'rsa' | 'ec' } = {}): Promise<SnsSigner> {
  const notAfterDate = options.notAfterDate ?? new Date(Date.now() + 24 * 3_600_000);
  const keys = await generate([{ name: 'commonName', value: 'sns.test.invalid' }], {
    keyType: options.keyType ?? 'rsa',
    ...(options.keyType === 'ec' ? {} : { keySize: 2_048 }),
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 48 * 3_600_000),
    notAfterDate,
  });

  function signed(fields: SnsFields, order: readonly string[]): Record<string, string> {
    const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Record<string, string>;
    const text = order.flatMap((name) => (name in present ? [name, present[name]] : [])).join('\n');
    const signature = createSign(present['SignatureVersion'] === '2' ? 'sha256' : 'sha1')
      .update(`${text}\n`, 'utf8')
      .sign(keys.private, 'base64');
    return { Signature: signature, ...present };
  }

  const common = () => ({
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: certificateUrl,
  });
  return {
    pem: keys.cert,
    notification: (fields = {}) =>
      signed({ ...common(), Type: 'Notification', Message: 'hello', ...fields }, [
        'Message',
        'MessageId',
        'Subject',
        'Timestamp',
        'TopicArn',
        'Type',
      ]),
    confirmation: (Type, fields = {}) =>
      signed(
        {
          ...common(),
          Type,
          Message: 'You have chosen to subscribe.',
          Token: 'a'.repeat(64),
          SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${'a'.repeat(64)}`,
          ...fields,
        },
        ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
      ),
  };
}
