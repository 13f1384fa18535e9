import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Rate limits of the webhook. A refused call costs no parsing, no certificate fetch and no database write. */
export interface WebhookLimits {
  /** Counts a call from an address. Returns null, or the seconds to wait if the call is over a limit. */
  take(address: string): Promise<number | null>;
}

/** Shorter than the 20 s between the three attempts of SNS, so that each attempt meets a fresh count. */
const windowSeconds = 10;

/** Counts within this process. The client's limit comes first, so that its excess calls do not use up the total. */
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

/** The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, which has one owner. */
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
