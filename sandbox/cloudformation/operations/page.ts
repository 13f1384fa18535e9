import { validationError } from '../errors.ts';

/** Items in a page of CloudFormation's list operations (their answers stop at 1 MB; 100 items is what they give in practice). */
const PAGE_SIZE = 100;

/** A page that begins after the item that the token names. Throws ValidationError for a token that names none. */
export function pageOf<T>(
  items: T[],
  idOf: (item: T) => string,
  token: string | undefined,
  size = PAGE_SIZE,
): { items: T[]; nextToken?: string } {
  const start = token === undefined ? 0 : items.findIndex((item) => idOf(item) === Buffer.from(token, 'base64url').toString()) + 1;
  if (token !== undefined && start === 0) throw validationError('Invalid NextToken');
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + page.length < items.length;
  return hasMore ? { items: page, nextToken: Buffer.from(idOf(last)).toString('base64url') } : { items: page };
}
