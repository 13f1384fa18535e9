/** A small page in place of the AWS console, where a person allows, forwards or rejects delegation requests. */
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { delegationState } from '../delegation/state.ts';
import type { StoredDelegationRequest } from '../delegation/state.ts';
import { isAction, perform } from './actions.ts';
import type { Html } from './layout.ts';
import { listPage, messagePage, requestPage } from './pages.ts';

/** Answers everything under /console. */
export async function handleConsole(
  request: Pick<HttpRequest, 'method' | 'url' | 'body' | 'headers'>,
  world: World,
): Promise<HttpResponse> {
  const [, , section, id, action, ...rest] = request.url.pathname.replace(/\/$/, '').split('/');
  const { requests } = delegationState.of(world);
  if (section === undefined && request.method === 'GET') return page(200, listPage(openRequests(requests)));
  const found = section === 'delegation-requests' && rest.length === 0 ? requests.get(id ?? '') : undefined;
  if (found === undefined) return page(404, messagePage('Not found', 'There is no such page or delegation request.'));
  if (action === undefined && request.method === 'GET') return page(200, requestPage(found));
  if (request.method !== 'POST' || action === undefined || !isAction(action)) {
    return page(405, messagePage('Not possible', 'This page cannot do that.'));
  }
  const form = new URLSearchParams(request.body);
  const accountId = found.ownerAccountId ?? form.get('account')?.trim() ?? '';
  if (!/^\d{12}$/.test(accountId)) return page(400, requestPage(found, 'Enter the 12 digits of your AWS account ID.'));
  try {
    await perform(world, found, action, accountId, form.get('notes')?.replaceAll('\r\n', '\n').trim());
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return page(error.status, requestPage(found, `${error.code}: ${error.message}`));
  }
  return { status: 303, headers: { location: `/console/delegation-requests/${found.id}` }, body: '' };
}

function openRequests(requests: Map<string, StoredDelegationRequest>): StoredDelegationRequest[] {
  const closed = new Set(['FINALIZED', 'REJECTED', 'EXPIRED']);
  return [...requests.values()].filter(({ state }) => !closed.has(state)).sort((a, b) => b.createdAt - a.createdAt);
}

async function page(status: number, content: Html): Promise<HttpResponse> {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    },
    body: String(await content),
  };
}
