import type { SigningCertificates } from './certificates.ts';
import { parseSnsMessage, type SnsMessage } from './message.ts';
import { Refusal } from './refusal.ts';
import { isSignedBy } from './signature.ts';
import { trustedCertificateUrl } from './trusted-url.ts';

/** The senders that the webhook believes. */
export interface WebhookTrust {
  /** The topic of this installation. */
  topicArn: string;
  /** The one trusted origin besides AWS's hosts, such as http://127.0.0.1:4566; null for none. */
  otherOrigin: string | null;
  certificates: SigningCertificates;
}

/** SNS retries a message for at most 60 minutes; 15 more allow for slow clocks and networks (S4). */
const maxAgeMs = 75 * 60_000;
/** Maximum lag of this server's clock behind AWS's, as in AWS's own signed requests. */
const maxClockLagMs = 15 * 60_000;

/**
 * Parses a posted message and verifies that SNS sent it recently and from this installation's topic (S4). Throws a Refusal
 * otherwise. Cheap checks come first, so that a forged message cannot cause a fetch.
 */
export async function believe({ topicArn, otherOrigin, certificates }: WebhookTrust, body: string): Promise<SnsMessage> {
  const message = parseSnsMessage(body);
  if (message.TopicArn !== topicArn) throw new Refusal('topic_not_allowed', 'The message is from a topic that Muster does not listen to.');
  checkAge(Date.now() - Date.parse(message.Timestamp));
  const url = trustedCertificateUrl(message.SigningCertURL, otherOrigin);
  if (!url) throw new Refusal('certificate_not_trusted', 'SigningCertURL is not the URL of an SNS certificate.');
  const certificate = await certificates.get(url);
  if (Date.parse(certificate.validTo) < Date.now()) throw new Refusal('certificate_not_trusted', 'The signing certificate has expired.');
  if (!isSignedBy(certificate, message)) throw new Refusal('signature_invalid', 'The signature does not match the message.');
  return message;
}

function checkAge(ageMs: number): void {
  if (ageMs > maxAgeMs) throw new Refusal('message_too_old', 'The message is older than 75 minutes.');
  if (ageMs < -maxClockLagMs)
    throw new Refusal('message_from_the_future', "The message's time is more than 15 minutes ahead of this server's clock.");
}
