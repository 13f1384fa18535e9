import { warningCodes } from './check.ts';
import type { KnownContext } from './policy-condition.ts';
import type { CloudWarning } from './status.ts';

/** The place of an account in its organization. */
export interface OrganizationPlace {
  /** AWS's id, `o-…`. */
  organizationId: string;
  /** The ids from the root down to the account's parent; null while they are not known. */
  ancestors: readonly string[] | null;
}

/** A context key as SimulatePrincipalPolicy takes it. */
export interface ContextEntry {
  key: string;
  type: 'string' | 'stringList' | 'boolean';
  values: readonly string[];
}

/**
 * The global condition keys of a real call of the role that are known before the call (O18). The simulator knows none of
 * them: without them, an SCP that exempts some roles by aws:PrincipalArn seems to deny these roles, too. Keys that depend
 * on the call (aws:RequestedRegion, aws:SourceIp) are absent, because any value would be a guess.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function simulationContext(role: { arn: string; accountId: string }, place: OrganizationPlace | null): ContextEntry[] {
  const text = (key: string, value: string): ContextEntry => ({ key, type: 'string', values: [value] });
  const flag = (key: string, value: boolean): ContextEntry => ({ key, type: 'boolean', values: [String(value)] });
  const path = place?.ancestors && `${place.organizationId}/${place.ancestors.join('/')}/`;
  return [
    text('aws:PrincipalArn', role.arn),
    text('aws:PrincipalAccount', role.accountId),
    text('aws:PrincipalType', 'AssumedRole'),
    text('aws:ResourceAccount', role.accountId),
    flag('aws:PrincipalIsAWSService', false),
    flag('aws:ViaAWSService', false),
    flag('aws:SecureTransport', true),
    ...(place ? [text('aws:PrincipalOrgID', place.organizationId), text('aws:ResourceOrgID', place.organizationId)] : []),
    ...(path
      ? (['aws:PrincipalOrgPaths', 'aws:ResourceOrgPaths'] as const).map((key): ContextEntry => ({
          key,
          type: 'stringList',
          values: [path],
        }))
      : []),
  ];
}

/** The prefix of the context keys that are tags of the caller. */
const principalTag = 'aws:principaltag/';

/** True if one of the keys is a tag of the role. */
export function includesPrincipalTag(keys: readonly string[]): boolean {
  return keys.some((key) => key.toLowerCase().startsWith(principalTag));
}

/**
 * The tags of the role, as the calls of its session carry them: Muster adds no tags when it assumes the role. The tags of
 * the account are tags of a resource, so they are not among them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
 */
export function tagContext(tags: ReadonlyMap<string, string>): ContextEntry[] {
  return [...tags].map(([key, value]) => ({ key: `aws:PrincipalTag/${key}`, type: 'string', values: [value] }));
}

/** The context of a real call that is known before the call. If the role's tags were read, an absent tag is known to be absent. */
export function knownContext(context: readonly ContextEntry[], areTagsKnown: boolean): KnownContext {
  const values = new Map(context.map((entry) => [entry.key.toLowerCase(), entry.values]));
  return (key) => values.get(key) ?? (areTagsKnown && key.startsWith(principalTag) ? [] : undefined);
}

/** The simulator's answer for one action. */
export interface SimulatedAction {
  action: string;
  decision: 'allowed' | 'implicit_deny' | 'explicit_deny';
  /** False if the organization's SCPs do not allow the action. */
  allowedByOrganization: boolean;
  /** False if the role's permissions boundary does not allow the action. */
  allowedByBoundary: boolean;
  /** The context keys that the role's own policies use and the simulation did not get. Keys of SCPs are never among them. */
  missingKeys: readonly string[];
}

/** True if the organization's SCPs deny the action. The simulator does not name the policy. */
export function isDeniedByOrganization({ decision, allowedByOrganization }: SimulatedAction): boolean {
  return decision !== 'allowed' && !allowedByOrganization;
}

/** The warning for the simulator's answer; null if the action is allowed. */
export function gapOf(simulated: SimulatedAction): CloudWarning | null {
  const { action, decision } = simulated;
  if (decision === 'allowed') return null;
  if (isDeniedByOrganization(simulated)) {
    // scp-denial.ts reads the policies and finds the one that denies the action.
    return {
      code: warningCodes.deniedByScpUnverified,
      action,
      message: `A service control policy seems to deny ${action}. The simulator knows only some of the conditions that the policy may have.`,
    };
  }
  if (!simulated.allowedByBoundary) {
    return { code: warningCodes.deniedByBoundary, action, message: `The role's permissions boundary does not allow ${action}.` };
  }
  return {
    code: warningCodes.missingPermission,
    action,
    message: decision === 'explicit_deny' ? `A policy of the role denies ${action}.` : `No policy of the role allows ${action}.`,
  };
}
