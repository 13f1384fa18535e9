/**
 * The number of the last timeline entry that the client received, from the Last-Event-ID header or the query parameter. 0
 * if neither is a valid number.
 */
export function lastEventNumber(header: string | undefined, parameter: string | undefined): number {
  const text = header ?? parameter ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
