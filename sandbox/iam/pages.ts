/** IAM's pages: Marker, MaxItems, IsTruncated. */
import { AwsError } from '../core/aws-error.ts';

export interface Page<T> {
  items: T[];
  /** To be spread into the answer; Marker is only there when more follows. */
  rest: { IsTruncated: boolean; Marker?: string };
}

/**
 * Markers are opaque to callers; ours holds the key of the last item given, so that changes in between lose nothing. Throws
 * InvalidInput for a marker that the sandbox did not issue.
 */
export function takePage<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  page: { marker: string | undefined; maxItems: number },
): Page<T> {
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const after = page.marker === undefined ? undefined : readMarker(page.marker);
  const remaining = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const items = remaining.slice(0, page.maxItems);
  const isTruncated = remaining.length > items.length;
  return {
    items,
    rest: isTruncated ? { IsTruncated: true, Marker: writeMarker(keyOf(items.at(-1)!)) } : { IsTruncated: false },
  };
}

function writeMarker(key: string): string {
  return Buffer.from(`after:${key}`).toString('base64url');
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString();
  if (!text.startsWith('after:')) throw new AwsError('InvalidInput', 'Invalid Marker', 400);
  return text.slice('after:'.length);
}
