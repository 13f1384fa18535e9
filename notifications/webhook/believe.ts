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
  /** The topic's SignatureVersion. Null or absent accepts both versions. */
  signatureVersion?: '1' | '2' | null;
}

/** SNS retries a message for at most 60 minutes; 15 more allow for slow clocks and networks (S4). */
const maxAgeMs = 75 * 60_000;
/** Maximum lag of this server's clock behind AWS's, as in AWS's own signed requests. */
const maxClockLagMs = 15 * 60_000;

/** Counts a message that may be forged. Returns null, or the seconds to wait if there were too many. */
export type CountForged = () => Promise<number | null>;

/**
 * Parses a posted message and verifies that SNS sent it recently and from this installation's topic (S4). Throws a Refusal
 * otherwise. Cheap checks come first, so that a forged message cannot cause a fetch. Messages in our topic's name that are
 * not genuine count, and so do certificates that must be fetched. A genuine message with a known certificate never counts.
 */
export async function believe(trust: WebhookTrust, body: string, countForged: CountForged = async () => null): Promise<SnsMessage> {
  const message = parseSnsMessage(body);
  if (message.TopicArn !== trust.topicArn)
    throw new Refusal('topic_not_allowed', 'The message is from a topic that Muster does not listen to.');
  try {
    await verify(trust, message, countForged);
  } catch (error) {
    const isCounted = error instanceof Refusal && (error.code === 'rate_limited' || error.isTransient);
    const waitSeconds = isCounted ? null : await countForged();
    throw waitSeconds === null ? error : tooManyForged(waitSeconds);
  }
  return message;
}

async function verify(
  { topicArn, otherOrigin, certificates, signatureVersion }: WebhookTrust,
  message: SnsMessage,
  countForged: CountForged,
) {
  checkAge(Date.now() - Date.parse(message.Timestamp));
  const url = trustedCertificateUrl(message.SigningCertURL, topicArn, otherOrigin);
  if (!url) throw new Refusal('certificate_not_trusted', "SigningCertURL is not the URL of an SNS certificate of the topic's Region.");
  if (signatureVersion && message.SignatureVersion !== signatureVersion)
    throw new Refusal('signature_invalid', `The topic signs with version ${signatureVersion}, and the message names another version.`);
  const waitSeconds = certificates.has(url) ? null : await countForged();
  if (waitSeconds !== null) throw tooManyForged(waitSeconds);
  const certificate = await certificates.get(url);
  if (Date.parse(certificate.validTo) < Date.now()) throw new Refusal('certificate_not_trusted', 'The signing certificate has expired.');
  if (!isSignedBy(certificate, message)) throw new Refusal('signature_invalid', 'The signature does not match the message.');
}

function tooManyForged(retryAfterSeconds: number): Refusal {
  const text = "Too many messages that are not genuine came in the topic's name. Retry after the time in Retry-After.";
  return new Refusal('rate_limited', text, { isTransient: true, retryAfterSeconds });
}

function checkAge(ageMs: number): void {
  if (ageMs > maxAgeMs) throw new Refusal('message_too_old', 'The message is older than 75 minutes.');
  if (ageMs < -maxClockLagMs)
    throw new Refusal('message_from_the_future', "The message's time is more than 15 minutes ahead of this server's clock.");
}
