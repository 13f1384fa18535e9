import type { SigningCertificates } from './certificates.ts';
import { parseSnsMessage, type SnsMessage } from './message.ts';
import { Refusal } from './refusal.ts';
import { isSignedBy } from './signature.ts';
import { trustedCertificateUrl } from './trusted-url.ts';

/** Whom the webhook believes. */
export interface WebhookTrust {
  /** The only topic whose messages are believed. */
  topicArn: string;
  /** One further origin besides AWS's hosts, such as http://127.0.0.1:4566; null for none. */
  otherOrigin: string | null;
  certificates: SigningCertificates;
}

/** SNS sends a message again for an hour at most; a quarter more for slow clocks and networks (S4). */
const oldestMs = 75 * 60_000;
/** How far our clock may be behind AWS's, as with AWS's own signed requests. */
const aheadMs = 15 * 60_000;

/**
 * Reads a posted message and finds out whether SNS sent it, from our topic and lately (S4); throws a Refusal if not. The
 * cheap checks come first, so that a forger makes us fetch nothing.
 */
export async function believe({ topicArn, otherOrigin, certificates }: WebhookTrust, body: string): Promise<SnsMessage> {
  const message = parseSnsMessage(body);
  if (message.TopicArn !== topicArn) throw new Refusal('topic_not_allowed', 'The message is from a topic that Muster does not listen to.');
  checkAge(Date.now() - Date.parse(message.Timestamp));
  const url = trustedCertificateUrl(message.SigningCertURL, otherOrigin);
  if (!url) throw new Refusal('certificate_not_trusted', 'SigningCertURL does not lead to a certificate of SNS.');
  const certificate = await certificates.get(url);
  if (Date.parse(certificate.validTo) < Date.now()) throw new Refusal('certificate_not_trusted', 'The signing certificate has expired.');
  if (!isSignedBy(certificate, message)) throw new Refusal('signature_invalid', 'The signature does not fit the message.');
  return message;
}

function checkAge(ageMs: number): void {
  if (ageMs > oldestMs) throw new Refusal('message_too_old', 'The message is older than 75 minutes.');
  if (ageMs < -aheadMs)
    throw new Refusal('message_from_the_future', "The message's time is more than 15 minutes ahead of this server's clock.");
}
