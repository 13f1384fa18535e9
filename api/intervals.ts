/** Intervals and timeouts of the API's polling, in milliseconds. */
export interface ApiIntervals {
  /** How often an event stream checks its reader's API key, and sends a comment that keeps proxies from closing it. */
  streamHeartbeatMs: number;
  /** How long after its arrival a call waits for its preview to become ready. */
  previewTimeoutMs: number;
  /** How often a call polls its preview, in case the notification of a change is lost. */
  previewPollMs: number;
  /** The database time of one call, over all its statements. A call that has used it up gets 503. */
  databaseMs: number;
  /** How long the answers of a readiness check count for later checks. */
  readinessMs: number;
}

/** The values of the API's contract. Tests use shorter values. */
export const defaultIntervals: ApiIntervals = {
  streamHeartbeatMs: 15_000,
  previewTimeoutMs: 19_000,
  previewPollMs: 1_000,
  databaseMs: 8_000,
  readinessMs: 1_000,
};
