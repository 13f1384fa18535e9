import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How much may be posted to the webhook: what is over it costs no parsing, no certificate fetch and no database write. */
export interface WebhookLimits {
  /** Counts one call from an address; seconds to wait when it is one too many, else null. */
  take(address: string): Promise<number | null>;
}

/** Shorter than the 20 s after which SNS tries again, so that each of its three tries meets a fresh count. */
const windowSeconds = 10;

/** Counts in this process. The client's own limit goes first: what it has too much of does not use up everybody's. */
export function createWebhookLimits({ perClient, total }: { perClient: number; total: number }): WebhookLimits {
  const ofClient = new RateLimiterMemory({ points: perClient, duration: windowSeconds });
  const ofAll = new RateLimiterMemory({ points: total, duration: windowSeconds });
  return {
    async take(address) {
      try {
        await ofClient.consume(networkOf(address));
        await ofAll.consume('all');
        return null;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      }
    },
  };
}

/** One client: an IPv4 address, or the /64 that an IPv6 address is from, since whoever has one of it has them all. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (groups.length + after.length < 8) groups.push('0');
  return [...groups, ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
