import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Limits of callers. Each API process counts its own calls. */
export interface CallerLimitOptions {
  /** Calls of one API key in 10 s. */
  callsPerKey: number;
  /** Calls of one API key in 10 s that change something. */
  writesPerKey: number;
  /** Open event streams of one API key. */
  streamsPerKey: number;
  /** Refused API keys from one network in a minute. */
  failuresPerAddress: number;
}

/** The values of the settings' defaults. */
export const defaultCallerLimits: CallerLimitOptions = {
  callsPerKey: 1_000,
  writesPerKey: 300,
  streamsPerKey: 100,
  failuresPerAddress: 30,
};

const keyWindowSeconds = 10;
const failureWindowSeconds = 60;

/** Counts calls, streams and refused keys within this process. */
export interface CallerLimits {
  /** Counts a call. Returns null, or the seconds to wait if the key is over a limit. */
  takeCall(apiKeyId: string, isWrite: boolean): Promise<number | null>;
  /** Counts a refused key. Returns null, or the seconds to wait if too many keys came from the network. */
  takeFailure(network: string): Promise<number | null>;
  /** Opens a stream. Returns the function that closes it, or null if the key has too many streams. */
  openStream(apiKeyId: string): (() => void) | null;
}

export function createCallerLimits(options: CallerLimitOptions): CallerLimits {
  const calls = new RateLimiterMemory({ points: options.callsPerKey, duration: keyWindowSeconds });
  const writes = new RateLimiterMemory({ points: options.writesPerKey, duration: keyWindowSeconds });
  const failures = new RateLimiterMemory({ points: options.failuresPerAddress, duration: failureWindowSeconds });
  const streams = new Map<string, number>();
  return {
    async takeCall(apiKeyId, isWrite) {
      return (await take(calls, apiKeyId)) ?? (isWrite ? await take(writes, apiKeyId) : null);
    },
    takeFailure: (network) => take(failures, network),
    openStream(apiKeyId) {
      const open = streams.get(apiKeyId) ?? 0;
      if (open >= options.streamsPerKey) return null;
      streams.set(apiKeyId, open + 1);
      let isClosed = false;
      return () => {
        if (isClosed) return;
        isClosed = true;
        const left = streams.get(apiKeyId)! - 1;
        if (left === 0) streams.delete(apiKeyId);
        else streams.set(apiKeyId, left);
      };
    },
  };
}

/** Takes one point. Returns null, or the seconds until the next one if none is left. */
export async function take(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
  }
}
