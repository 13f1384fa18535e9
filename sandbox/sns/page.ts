import { invalidParameter } from './errors.ts';

/** SNS lists 100 items a page (API reference, ListTopics and ListSubscriptionsByTopic). */
const pageSize = 100;

/** The page that `token` asks for; `next` holds NextToken when there is more. */
export function page<T>(all: T[], token: string | undefined): { items: T[]; next: { NextToken?: string } } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw invalidParameter('NextToken');
  const to = from + pageSize;
  const next = to < all.length ? { NextToken: Buffer.from(String(to)).toString('base64') } : {};
  return { items: all.slice(from, to), next };
}
