import { RateLimiterMemory } from 'rate-limiter-flexible';
import { take } from '../../limits/caller-limits.ts';
import { networkOf } from '../../limits/network.ts';

export { networkOf };

/** Rate limits of the webhook. A refused call costs no certificate fetch and no database write. */
export interface WebhookLimits {
  /**
   * Counts a call that is not a message of our topic. Returns null, or the seconds to wait if the call is over a limit.
   */
  take(address: string): Promise<number | null>;
  /** The seconds to wait if the address is over its limit already; null otherwise. Counts nothing. */
  refusal(address: string): Promise<number | null>;
  /** Counts a well-formed message that names our topic and is not verified. A verified one counts nothing. */
  takeForged(): Promise<number | null>;
}

/** Shorter than the 20 s between the three attempts of SNS, so that each attempt meets a fresh count. */
const windowSeconds = 10;

export interface WebhookLimitOptions {
  perClient: number;
  total: number;
  /** Messages in our topic's name that are not genuine, from all clients together. */
  forged?: number;
}

/** Counts within this process. The client's limit comes first, so that its excess calls do not use up the total. */
export function createWebhookLimits({ perClient, total, forged = 500 }: WebhookLimitOptions): WebhookLimits {
  const ofClient = new RateLimiterMemory({ points: perClient, duration: windowSeconds });
  const ofAll = new RateLimiterMemory({ points: total, duration: windowSeconds });
  const ofTopic = new RateLimiterMemory({ points: forged, duration: windowSeconds });
  return {
    async take(address) {
      return (await take(ofClient, networkOf(address))) ?? (await take(ofAll, 'all'));
    },
    async refusal(address) {
      const counted = await ofClient.get(networkOf(address));
      return counted && counted.consumedPoints > perClient ? Math.max(1, Math.ceil(counted.msBeforeNext / 1_000)) : null;
    },
    takeForged: () => take(ofTopic, 'topic'),
  };
}
