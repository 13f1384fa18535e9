/**
 * The number of the last timeline entry that a client has, from its Last-Event-ID header or query parameter; 0 when it
 * has none, or sent what is no number of ours.
 */
export function lastEventNumber(header: string | undefined, parameter: string | undefined): number {
  const text = header ?? parameter ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
