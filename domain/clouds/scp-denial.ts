import { warningCodes } from './check.ts';
import { isLike, judgeCondition, listOf, type KnownContext, type PolicyCondition } from './policy-condition.ts';
import type { CloudWarning } from './status.ts';

/** A service control policy of an organization. */
export interface PathPolicy {
  /** AWS's id and the hash of its canonical text, if they are known. */
  id?: string;
  hash?: string;
  name: string;
  /** Its JSON text; null if it was not read. */
  content: string | null;
}

/** A root, a unit or the account itself, with the service control policies that are attached to it. */
export interface PathLevel {
  targetId: string;
  /** Null if AWS did not return it. */
  targetName: string | null;
  policies: readonly PathPolicy[];
}

interface Statement {
  Effect?: unknown;
  Action?: unknown;
  NotAction?: unknown;
  Resource?: unknown;
  Condition?: PolicyCondition;
}

/** The answer to a question; null if it depends on the facts that `unknown` names. */
interface Judged {
  is: boolean | null;
  unknown: string[];
}

/**
 * Finds the service control policies that deny an action of a role (O18). The simulator only reports that the organization
 * denies the action, and names no policy. If a policy's statement applies to every call of the role, that policy is the
 * reason. Otherwise the warnings name the policies that may deny the action, depending on conditions that are unknown
 * before the call: for AWS's simulator, an absent key matches a negated operator, which is its documented false positive.
 * An account may do only what each level of its path allows, so a level that does not allow the action is a reason, too.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 */
export function explainScpDenial(action: string, levels: readonly PathLevel[], known: KnownContext): CloudWarning[] {
  const { sure, possible } = findDeniers(action, levels, known);
  if (sure.length > 0) {
    return sure.map(({ policy, bound, subject, denies }) => ({
      code: warningCodes.deniedByScp,
      action,
      policy,
      ...bound,
      message: `${subject} ${denies.surely} ${action}.`,
    }));
  }
  if (possible.length === 0) return [unexplained(action)];
  return possible.map(({ policy, bound, subject, denies, judged }) => ({
    code: warningCodes.deniedByScpUnverified,
    action,
    policy,
    ...bound,
    message: `${subject} ${denies.possibly} ${action}: that depends on ${judged.unknown.join(', ')}, which cannot be known before the call. The real call may be allowed.`,
  }));
}

/**
 * The sentences about policies that deny the action in any case, and the warnings about policies that may deny it. Both are
 * empty if no known policy denies the action.
 */
export function findScpDenials(
  action: string,
  levels: readonly PathLevel[],
  known: KnownContext,
): { sure: string[]; possible: CloudWarning[] } {
  const { sure, possible } = findDeniers(action, levels, known);
  return {
    sure: sure.map(({ subject, denies }) => `${subject} ${denies.surely} ${action}.`),
    possible: sure.length > 0 || possible.length === 0 ? [] : explainScpDenial(action, levels, known),
  };
}

/** The facts, such as context keys, that decide whether an SCP denies the action. Empty if an SCP denies it in any case. */
export function unknownOfScpDenial(action: string, levels: readonly PathLevel[], known: KnownContext): string[] {
  const { sure, possible } = findDeniers(action, levels, known);
  return sure.length > 0 ? [] : possible.flatMap(({ judged }) => judged.unknown);
}

/** Finds the policies that deny the action in any case, and the policies that may deny it. */
function findDeniers(action: string, levels: readonly PathLevel[], known: KnownContext) {
  const found = levels.flatMap((level) => [
    ...level.policies.map((policy) => ({
      policy: policy.name,
      bound: identityOf([policy]),
      subject: `The service control policy ${policy.name}, attached to ${nameOf(level)},`,
      denies: { surely: 'denies', possibly: 'may deny' },
      judged: judgePolicy(policy, 'Deny', action, known),
    })),
    {
      policy: level.policies.map(({ name }) => name).join(', '),
      bound: identityOf(level.policies),
      subject: `The service control policies attached to ${nameOf(level)}`,
      denies: { surely: 'do not allow', possibly: 'might not allow' },
      judged: not(anyOf(level.policies.map((policy) => judgePolicy(policy, 'Allow', action, known)))),
    },
  ]);
  return { sure: found.filter(({ judged }) => judged.is === true), possible: found.filter(({ judged }) => judged.is === null) };
}

/** The id of a single policy, and the hashes of all policies in question. */
function identityOf(policies: readonly PathPolicy[]): Pick<CloudWarning, 'policyId' | 'policyHash'> {
  const id = policies.length === 1 ? policies[0]!.id : undefined;
  const hashes = policies.flatMap(({ hash }) => hash ?? []);
  return { ...(id === undefined ? {} : { policyId: id }), ...(hashes.length === 0 ? {} : { policyHash: hashes.toSorted().join('+') }) };
}

/** The warning for a denial that no known policy explains: the policies have changed or are not read yet. */
function unexplained(action: string): CloudWarning {
  return {
    code: warningCodes.deniedByScpUnverified,
    action,
    message: `A service control policy seems to deny ${action}, but no policy that Muster has read on the account's path does. The next sync reads them again.`,
  };
}

function judgePolicy({ name, content }: PathPolicy, effect: 'Allow' | 'Deny', action: string, known: KnownContext): Judged {
  const statements = content === null ? null : readStatements(content);
  if (!statements) return { is: null, unknown: [`the text of ${name}`] };
  return anyOf(
    statements.filter((one) => one.Effect === effect && isAbout(one, action)).map((statement) => judgeStatement(statement, known)),
  );
}

function readStatements(content: string): Statement[] | null {
  try {
    return listOf((JSON.parse(content) as { Statement?: unknown }).Statement) as Statement[];
  } catch {
    return null;
  }
}

function judgeStatement({ Resource, Condition = {} }: Statement, known: KnownContext): Judged {
  const { holds, unknown } = judgeCondition(Condition, known);
  if (holds === false) return { is: false, unknown };
  const isEverything = listOf(Resource).includes('*');
  const open = isEverything ? unknown : [...unknown, 'the requested resource'];
  return { is: open.length === 0 ? true : null, unknown: open };
}

function isAbout({ Action, NotAction }: Statement, action: string): boolean {
  const matches = (patterns: unknown) => listOf(patterns).some((one) => isLike(String(one).toLowerCase(), action.toLowerCase()));
  return NotAction === undefined ? matches(Action) : !matches(NotAction);
}

function anyOf(judged: readonly Judged[]): Judged {
  if (judged.some(({ is }) => is === true)) return { is: true, unknown: [] };
  const unknown = [...new Set(judged.flatMap((one) => one.unknown))];
  return { is: judged.some(({ is }) => is === null) ? null : false, unknown };
}

function not({ is, unknown }: Judged): Judged {
  return { is: is === null ? null : !is, unknown };
}

function nameOf({ targetId, targetName }: PathLevel): string {
  if (targetId.startsWith('r-')) return `the root ${targetId}`;
  if (targetId.startsWith('ou-')) return `the organizational unit ${targetName === null ? targetId : `${targetName} (${targetId})`}`;
  return `the account ${targetId}`;
}
