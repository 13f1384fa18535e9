import { createVerify, type X509Certificate } from 'node:crypto';
import type { SnsMessage } from './message.ts';

/**
 * The text that SNS signs: each field in SNS's order as name, line feed, value, line feed. Subject only if the message has one.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
function signedText(message: SnsMessage): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = message;
  const fields: Record<string, string | null | undefined> =
    message.Type === 'Notification'
      ? { Message, MessageId, Subject: message.Subject, Timestamp, TopicArn, Type }
      : { Message, MessageId, SubscribeURL: message.SubscribeURL, Timestamp, Token: message.Token, TopicArn, Type };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('');
}

/** Whether the certificate's key signed this message: RSA with SHA-1 (version 1) or SHA-256 (version 2). */
export function isSignedBy(certificate: X509Certificate, message: SnsMessage): boolean {
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return false;
  const digest = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  return createVerify(digest).update(signedText(message), 'utf8').verify(certificate.publicKey, message.Signature, 'base64');
}
