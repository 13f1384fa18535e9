/**
 * Invitations of accounts, also of accounts of other organizations: an accepted invitation moves those directly, without a time
 * outside of any organization (orgs_manage_accounts_invites.html and orgs_account_migration.html).
 */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { enter } from './access.ts';
import { enrol } from './add-account.ts';
import { handshakeArn } from './arns.ts';
import { constraint } from './errors.ts';
import { randomText } from './ids.ts';
import { optionalText, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { requireAge, takeOut } from './leave.ts';
import { takePage } from './pages.ts';
import { organizationsState } from './state.ts';
import type { Handshake, Organization } from './state.ts';
import { organizationOf } from './tree.ts';

const day = 24 * 3_600_000;

/** "Invitations … expire after 15 days" (orgs_manage_accounts_invites.html). */
const lifetimeDays = 15;
/** A younger organization takes no account of another organization (orgs_account_migration.html). */
const organizationDays = 7;

const invite: Operation = (input, call) => {
  const { world } = call;
  const target = (input.Target ?? {}) as { Id: string; Type: string };
  const notes = optionalText(input, 'Notes');
  const accountId = target.Type === 'EMAIL' ? accountOfEmail(world, target.Id) : target.Id;
  const organization = enter(call, 'management', accountId === undefined ? [] : [accountId]);
  if (accountId === undefined || !/^\d{12}$/.test(accountId)) {
    throw refused('TARGET_ACCOUNT_VALIDATION_FAILURE', 'The sandbox has no account of that e-mail address.');
  }
  if (organization.accounts.has(accountId)) {
    throw refused('ALREADY_IN_AN_ORGANIZATION', 'The account is a member of this organization already.');
  }
  if (organizationOf(world, accountId) && world.now() - organization.createdAt < organizationDays * day) {
    throw constraint('WAIT_PERIOD_ACTIVE', `The organization is less than ${organizationDays} days old.`);
  }
  const open = handshakesOf(world).find(
    (other) => other.organizationId === organization.id && other.accountId === accountId && other.state === 'OPEN',
  );
  if (open) throw new AwsError('DuplicateHandshakeException', 'A handshake with the same action and target already exists.');
  const now = world.now();
  const handshake: Handshake = {
    id: `h-${randomText(8)}`,
    organizationId: organization.id,
    accountId,
    ...(notes === undefined ? {} : { notes }),
    state: 'OPEN',
    requestedAt: now,
    expiresAt: now + lifetimeDays * day,
  };
  organizationsState.of(world).handshakes.set(handshake.id, handshake);
  world.touch(organizationsState);
  return { Handshake: view(world, handshake) };
};

/** The account lands in the root of the new organization, without the tags and attachments that it had in the old one. */
const accept: Operation = (input, call) => {
  const { world } = call;
  const { handshake, organization } = readOwn(input, call, 'account');
  requireOpen(handshake);
  const { accountId } = handshake;
  const former = organizationOf(world, accountId);
  const known = former?.accounts.get(accountId);
  if (former) {
    requireAge(world, former, accountId);
    takeOut(world, former, accountId);
  }
  organization.accounts.set(accountId, {
    id: accountId,
    name: known?.name ?? `Account ${accountId}`,
    email: known?.email ?? `aws+${accountId}@example.com`,
    state: known?.state ?? 'ACTIVE',
    joinedMethod: 'INVITED',
    joinedAt: Date.now(),
    parentId: organization.rootId,
  });
  enrol(world, organization, accountId);
  return end(world, handshake, 'ACCEPTED');
};

const decline: Operation = (input, call) => {
  const { handshake } = readOwn(input, call, 'account');
  requireOpen(handshake);
  return end(call.world, handshake, 'DECLINED');
};

const cancel: Operation = (input, call) => {
  const { handshake } = readOwn(input, call, 'organization');
  requireOpen(handshake);
  return end(call.world, handshake, 'CANCELED');
};

const describe: Operation = (input, call) => ({ Handshake: view(call.world, readOwn(input, call, 'either').handshake) });

const listForAccount: Operation = (input, call) => {
  const { world, caller } = call;
  call.authorize('organizations:ListHandshakesForAccount', '*');
  const own = handshakesOf(world).filter(({ accountId }) => accountId === caller.accountId);
  const inviter = organizationsState.of(world).organizations.get(own[0]?.organizationId ?? '');
  return inviter ? page(call, inviter, input, own) : { Handshakes: [] };
};

const listForOrganization: Operation = (input, call) => {
  const organization = enter(call, 'administrators');
  const own = handshakesOf(call.world).filter(({ organizationId }) => organizationId === organization.id);
  return page(call, organization, input, own);
};

function page(call: Call, organization: Organization, input: Input, handshakes: readonly Handshake[]): object {
  const { keys, rest } = takePage(call, organization, input, handshakes.map(({ id }) => id).sort());
  const { handshakes: all } = organizationsState.of(call.world);
  return { Handshakes: keys.map((id) => view(call.world, all.get(id)!)), ...rest };
}

/** Every handshake, those whose time is over as EXPIRED. */
function handshakesOf(world: World): Handshake[] {
  const all = [...organizationsState.of(world).handshakes.values()];
  for (const handshake of all) if (handshake.state === 'OPEN' && handshake.expiresAt <= world.now()) handshake.state = 'EXPIRED';
  return all;
}

/** Throws HandshakeNotFoundException, also for a handshake that is not the caller's. */
function readOwn(
  input: Input,
  call: Call,
  side: 'account' | 'organization' | 'either',
): { handshake: Handshake; organization: Organization } {
  const id = requiredText(input, 'HandshakeId');
  const { world, caller } = call;
  const handshake = handshakesOf(world).find((other) => other.id === id);
  const organization = organizationsState.of(world).organizations.get(handshake?.organizationId ?? '');
  call.authorize(`organizations:${call.operation}`, handshake && organization ? handshakeArn(organization, id) : '*');
  const sides = [
    ...(side === 'organization' ? [] : [handshake?.accountId]),
    ...(side === 'account' ? [] : [organization?.managementAccountId]),
  ];
  if (!handshake || !organization || !sides.includes(caller.accountId)) {
    throw new AwsError('HandshakeNotFoundException', "We can't find a handshake with the HandshakeId that you specified.");
  }
  return { handshake, organization };
}

function requireOpen({ state }: Handshake): void {
  if (state === 'OPEN') return;
  throw new AwsError('HandshakeAlreadyInStateException', `The specified handshake is already in the state ${state}.`);
}

function end(world: World, handshake: Handshake, state: Handshake['state']): object {
  handshake.state = state;
  world.touch(organizationsState);
  return { Handshake: view(world, handshake) };
}

/** `reason` as in the model's HandshakeConstraintViolationExceptionReason. */
function refused(reason: string, message: string): AwsError {
  return new AwsError('HandshakeConstraintViolationException', message, 400, { Reason: reason });
}

function accountOfEmail(world: World, email: string): string | undefined {
  for (const { accounts } of organizationsState.of(world).organizations.values()) {
    for (const account of accounts.values()) if (account.email === email) return account.id;
  }
  return undefined;
}

function view(world: World, handshake: Handshake): object {
  const organization = organizationsState.of(world).organizations.get(handshake.organizationId)!;
  const master = organization.accounts.get(organization.managementAccountId)!;
  return {
    Id: handshake.id,
    Arn: handshakeArn(organization, handshake.id),
    Parties: [
      { Id: organization.id.slice('o-'.length), Type: 'ORGANIZATION' },
      { Id: handshake.accountId, Type: 'ACCOUNT' },
    ],
    State: handshake.state,
    RequestedTimestamp: new Date(handshake.requestedAt),
    ExpirationTimestamp: new Date(handshake.expiresAt),
    Action: 'INVITE',
    Resources: [
      {
        Type: 'ORGANIZATION',
        Value: organization.id,
        Resources: [
          { Type: 'MASTER_EMAIL', Value: master.email },
          { Type: 'MASTER_NAME', Value: master.name },
          { Type: 'ORGANIZATION_FEATURE_SET', Value: 'FULL' },
        ],
      },
      { Type: 'ACCOUNT', Value: handshake.accountId },
      ...(handshake.notes === undefined ? [] : [{ Type: 'NOTES', Value: handshake.notes }]),
    ],
  };
}

export const handshakeOperations: Record<string, Operation> = {
  InviteAccountToOrganization: invite,
  AcceptHandshake: accept,
  DeclineHandshake: decline,
  CancelHandshake: cancel,
  DescribeHandshake: describe,
  ListHandshakesForAccount: listForAccount,
  ListHandshakesForOrganization: listForOrganization,
};
