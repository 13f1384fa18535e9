/** How often, and how long, the API looks at what it waits for, in milliseconds. */
export interface ApiIntervals {
  /** Between two looks of an event stream at its reader's API key; each writes a comment that keeps proxies from closing it. */
  streamLookMs: number;
  /** How long a call waits for its preview. */
  previewTimeoutMs: number;
  /** Between two looks at a preview that a call waits for, should the database's notice of its change not come. */
  previewLookMs: number;
}

/** The intervals of the API's contract. Tests give shorter ones. */
export const defaultIntervals: ApiIntervals = { streamLookMs: 15_000, previewTimeoutMs: 20_000, previewLookMs: 1_000 };
