/** Reasons to refuse a posted message; part of the API's contract. */
export type RefusalCode =
  | 'not_an_sns_message'
  | 'topic_not_allowed'
  | 'message_too_old'
  | 'message_from_the_future'
  | 'certificate_not_trusted'
  | 'certificate_unavailable'
  | 'rate_limited'
  | 'signature_invalid'
  | 'subscribe_url_not_trusted'
  | 'subscription_not_confirmed';

/** A posted message is refused. The error never quotes the message, which may be forged or hold a token. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** True if the same message may be accepted later, so SNS must send it again. */
  readonly isTransient: boolean;
  /** Seconds after which the sender may retry a transient refusal. */
  readonly retryAfterSeconds: number;

  constructor(code: RefusalCode, message: string, options: { isTransient?: boolean; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.isTransient = options.isTransient ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 5;
  }
}
