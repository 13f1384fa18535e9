/** Organizations' pages: a full page, an empty one with a token, or the last (API reference, ListAccounts: "always check the NextToken"). */
import type { Call } from '../core/service.ts';
import { invalidToken } from './errors.ts';
import type { Input } from './input.ts';
import { readMaxResults } from './input.ts';
import { firstAfter } from './listing.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';

interface Token {
  /** The listing that it continues. */
  of: string;
  /** The last key given. */
  after: string;
  /** Number of the page that it asks for. */
  page: number;
  at: number;
}

/** The most that one page of tags holds; the API has no MaxResults there. */
export const tagsPerPage = 20;

/**
 * The keys of one page, and the rest of the answer. `keys` are sorted; going on after a key loses nothing of what stays where it
 * is while the listing goes on. Throws InvalidInputException (INVALID_PAGINATION_TOKEN) for a token of another listing, or a
 * token that is too old.
 */
export function takePage(
  call: Call,
  organization: Organization,
  input: Input,
  keys: readonly string[],
): { keys: readonly string[]; rest: { NextToken?: string } } {
  const { settings } = organizationsState.of(call.world);
  const listing = listingOf(call, organization, input);
  const size = call.operation === 'ListTagsForResource' ? tagsPerPage : readMaxResults(input);
  const given = input.NextToken === undefined || input.NextToken === null ? undefined : readToken(input.NextToken, listing, settings);
  const start = given === undefined ? 0 : firstAfter(keys, given.after);
  const page = given?.page ?? 1;
  const isEmpty = settings.emptyPageEvery > 0 && page % settings.emptyPageEvery === 0 && start < keys.length;
  const end = isEmpty ? start : start + size;
  const taken = keys.slice(start, end);
  if (end >= keys.length) return { keys: taken, rest: {} };
  const after = taken.at(-1) ?? given?.after ?? '';
  return { keys: taken, rest: { NextToken: writeToken({ of: listing, after, page: page + 1, at: Date.now() }) } };
}

/** The operation, the organization and everything asked but the page. */
function listingOf(call: Call, organization: Organization, input: Input): string {
  const asked = Object.entries(input)
    .filter(([name]) => name !== 'NextToken' && name !== 'MaxResults')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([call.operation, organization.id, asked]);
}

function writeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

function readToken(text: unknown, listing: string, settings: { tokenSeconds: number }): Token {
  let token: Token;
  try {
    token = JSON.parse(Buffer.from(String(text), 'base64').toString()) as Token;
  } catch {
    throw invalidToken();
  }
  const isOurs = token !== null && token.of === listing && typeof token.after === 'string' && Number.isInteger(token.page);
  if (!isOurs || !(Date.now() - token.at < settings.tokenSeconds * 1000)) throw invalidToken();
  return token;
}
