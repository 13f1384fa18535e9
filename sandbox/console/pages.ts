import { html } from 'hono/html';
import type { StoredDelegationRequest } from '../delegation/state.ts';
import { availableActions } from './actions.ts';
import type { ActionName } from './actions.ts';
import { layout } from './layout.ts';
import type { Html } from './layout.ts';

/** The AWS console's words for the states (IAM User Guide, "Temporary delegation"). */
const labels: Record<StoredDelegationRequest['state'], string> = {
  UNASSIGNED: 'Pending',
  ASSIGNED: 'Pending',
  PENDING_APPROVAL: 'Pending approval by an administrator',
  ACCEPTED: 'Approved, access not released yet',
  FINALIZED: 'Shared',
  REJECTED: 'Rejected',
  EXPIRED: 'Expired',
};

/** The requests that still wait for a decision, in the order given. */
export function listPage(requests: StoredDelegationRequest[]): Html {
  const items = requests.map(
    (request) =>
      html`<li>
        <a href="/console/delegation-requests/${request.id}">${request.partnerName}: ${request.description}</a><br />
        Account ${request.ownerAccountId ?? 'not known yet'} · <span class="state">${labels[request.state]}</span>
      </li>`,
  );
  return layout(
    'Temporary delegation requests',
    html`<h1>Temporary delegation requests</h1>
      ${
        items.length === 0
          ? html`<p>There are no open requests.</p>`
          : html`<ul class="list">
              ${items}
            </ul>`
      }`,
  );
}

/** One request with everything that a person needs to decide, and the buttons that its state allows. */
export function requestPage(request: StoredDelegationRequest, error?: string): Html {
  const actions = availableActions(request);
  return layout(
    `${request.partnerName} asks for temporary access`,
    html`<h1>${request.partnerName} asks for temporary access</h1>
      ${error === undefined ? '' : html`<p class="alert" role="alert">${error}</p>`}
      <p>${request.description}</p>
      ${facts(request)}
      <h2>Decide</h2>
      ${actions.length === 0 ? html`<p>Nothing is left to decide.</p>` : actions.map((action) => form(request, action))}
      ${redirect(request)}
      <h2>Permissions</h2>
      <p>The partner gets these permissions, as far as the person who allows the request has them too.</p>
      <pre tabindex="0" aria-label="Permission policy">${JSON.stringify(JSON.parse(request.permissionPolicy), undefined, 2)}</pre>`,
  );
}

export function messagePage(title: string, text: string): Html {
  return layout(
    title,
    html`<h1>${title}</h1>
      <p>${text}</p>`,
  );
}

function facts(request: StoredDelegationRequest): Html {
  const rows: [string, string | undefined][] = [
    ['State', labels[request.state]],
    ['Until', request.expiresAt === undefined ? undefined : moment(request.expiresAt)],
    ['Message', request.requestMessage],
    ['Your account', request.ownerAccountId],
    ['Partner’s account', request.partnerAccountId],
    ['Duration', `${request.sessionDurationSeconds / 60} minutes from the release`],
    ['Permissions boundary', request.boundaryArns.join(', ') || undefined],
    ['Notes', request.notes],
    ['Allowed by', request.approver?.arn],
    ['Access ends', request.token === undefined ? undefined : request.token.revoked ? 'revoked' : moment(request.token.expiresAt)],
    ['Reason for rejecting', request.rejectionReason],
  ];
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl>
    ${shown.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

const forms: Record<ActionName, { label: string; quiet?: boolean; text?: string }> = {
  allow: { label: 'Allow' },
  'request-approval': { label: 'Request approval from an administrator', quiet: true, text: 'Notes for the administrator' },
  'allow-as-administrator': { label: 'Allow as administrator' },
  release: { label: 'Release access' },
  reject: { label: 'Reject', quiet: true, text: 'Reason (optional)' },
  revoke: { label: 'Revoke access', quiet: true },
};

function form(request: StoredDelegationRequest, action: ActionName): Html {
  const { label, quiet, text } = forms[action];
  const account =
    request.ownerAccountId === undefined
      ? html`<label>AWS account ID <input name="account" required pattern="[0-9]{12}" inputmode="numeric" maxlength="12" /></label>`
      : '';
  const notes = text === undefined ? '' : html`<label>${text} <textarea name="notes" maxlength="500" rows="2"></textarea></label>`;
  return html`<form method="post" action="/console/delegation-requests/${request.id}/${action}">
    ${account}${notes}<button class="${quiet ? 'quiet' : ''}">${label}</button>
  </form>`;
}

// The console only shows a link back; it adds nothing to it, and following it proves nothing (API model).
function redirect(request: StoredDelegationRequest): Html | string {
  const open = request.state === 'UNASSIGNED' || request.state === 'ASSIGNED';
  if (request.redirectUrl === undefined || open) return '';
  return html`<p><a href="${request.redirectUrl}">Return to ${request.partnerName}</a></p>`;
}

/** On the delegation clock, which may have been moved. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
