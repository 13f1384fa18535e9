/** A person's actions in the console, as the API calls that AWS's console makes for them. */
import { administrator } from '../auth/credentials.ts';
import type { World } from '../core/world.ts';
import { revoke } from '../delegation/index.ts';
import type { StoredDelegationRequest } from '../delegation/state.ts';

export type ActionName = 'allow' | 'request-approval' | 'allow-as-administrator' | 'release' | 'reject' | 'revoke';

const byState: Record<StoredDelegationRequest['state'], ActionName[]> = {
  UNASSIGNED: ['allow', 'request-approval', 'reject'],
  ASSIGNED: ['allow', 'request-approval', 'reject'],
  PENDING_APPROVAL: ['allow-as-administrator', 'reject'],
  ACCEPTED: ['release', 'reject'],
  FINALIZED: ['revoke'],
  REJECTED: [],
  EXPIRED: [],
};

/** The actions that a request's state allows, in the order in which they are offered. */
export function availableActions(request: StoredDelegationRequest): ActionName[] {
  return request.token?.revoked || request.approver?.root
    ? byState[request.state].filter((action) => action !== 'revoke')
    : byState[request.state];
}

export function isAction(name: string): name is ActionName {
  return Object.values(byState)
    .flat()
    .includes(name as ActionName);
}

/** Performs an action as the account's administrator. Throws AwsError as the API does. */
export async function perform(
  world: World,
  request: StoredDelegationRequest,
  action: ActionName,
  accountId: string,
  notes: string | undefined,
): Promise<void> {
  const call = (operation: string, extra: Record<string, unknown> = {}): Promise<unknown> =>
    world.invoke('iam', operation, { DelegationRequestId: request.id, ...extra }, administrator(accountId));
  const withNotes = notes === undefined || notes === '' ? {} : { Notes: notes };
  const claim = async (): Promise<void> => {
    if (request.state === 'UNASSIGNED') await call('AssociateDelegationRequest');
  };
  switch (action) {
    case 'allow':
    case 'allow-as-administrator':
      await claim();
      await call('AcceptDelegationRequest');
      // The console's "Allow access" releases the token with the approval, which the API leaves to a second call.
      if (!request.onlySendByOwner) await call('SendDelegationToken');
      return;
    case 'request-approval':
      await claim();
      await call('UpdateDelegationRequest', withNotes);
      return;
    case 'release':
      await call('SendDelegationToken');
      return;
    case 'reject':
      await claim();
      await call('RejectDelegationRequest', withNotes);
      return;
    case 'revoke':
      revoke(world, request.id);
  }
}
