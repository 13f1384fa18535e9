/** Counts of calls over the wire (GET /_sandbox/calls). */

export interface CallCount {
  /** All calls, refused and throttled ones too. */
  count: number;
  throttled: number;
}

export interface CallCounts {
  add(service: string, operation: string, throttled: boolean): void;
  /** By service, then by operation. */
  read(): Record<string, Record<string, CallCount>>;
  clear(): void;
}

export function createCallCounts(): CallCounts {
  const counts = new Map<string, Map<string, CallCount>>();
  return {
    add(service, operation, throttled) {
      const ofService = counts.get(service) ?? new Map<string, CallCount>();
      const entry = ofService.get(operation) ?? { count: 0, throttled: 0 };
      ofService.set(operation, { count: entry.count + 1, throttled: entry.throttled + (throttled ? 1 : 0) });
      counts.set(service, ofService);
    },
    read: () => Object.fromEntries([...counts].map(([service, operations]) => [service, Object.fromEntries(operations)])),
    clear: () => counts.clear(),
  };
}
