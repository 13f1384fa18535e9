import { warningCodes } from './check.ts';
import type { KnownContext } from './policy-condition.ts';
import type { CloudWarning } from './status.ts';

/** Where an account hangs in its organization. */
export interface OrganizationPlace {
  /** AWS's id, `o-…`. */
  organizationId: string;
  /** The ids from the root down to the account's parent; null while not known. */
  ancestors: readonly string[] | null;
}

/** A context key as SimulatePrincipalPolicy takes it. */
export interface ContextEntry {
  key: string;
  type: 'string' | 'stringList' | 'boolean';
  values: readonly string[];
}

/**
 * The global condition keys that a real call of the role would carry and that are known beforehand (O18). The simulator
 * knows none by itself: an SCP that spares some roles by aws:PrincipalArn seems to deny all of them without these. What
 * depends on the call (aws:RequestedRegion, aws:SourceIp) is left out rather than made up.
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

/** Begins the context keys that are the tags of whoever calls. */
const principalTag = 'aws:principaltag/';

/** Whether something depends on the role's tags, by the names of the keys that it asks for. */
export function asksForTags(keys: readonly string[]): boolean {
  return keys.some((key) => key.toLowerCase().startsWith(principalTag));
}

/**
 * The tags of the role, as a call of its session carries them: Muster adds none when it assumes the role. An account's
 * tags are not among them: those are tags of a resource.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
 */
export function tagContext(tags: ReadonlyMap<string, string>): ContextEntry[] {
  return [...tags].map(([key, value]) => ({ key: `aws:PrincipalTag/${key}`, type: 'string', values: [value] }));
}

/** What is known of a real call beforehand. Once the role's tags were read, one that is not in the context is known to be absent. */
export function knownContext(context: readonly ContextEntry[], areTagsKnown: boolean): KnownContext {
  const values = new Map(context.map((entry) => [entry.key.toLowerCase(), entry.values]));
  return (key) => values.get(key) ?? (areTagsKnown && key.startsWith(principalTag) ? [] : undefined);
}

/** What the simulator said to one action. */
export interface SimulatedAction {
  action: string;
  decision: 'allowed' | 'implicit_deny' | 'explicit_deny';
  /** False where the organization's SCPs stand in the way. */
  allowedByOrganization: boolean;
  /** False where the role's permissions boundary stands in the way. */
  allowedByBoundary: boolean;
  /** Context keys that the role's own policies ask for and that were not given; those of SCPs are never among them. */
  missingKeys: readonly string[];
}

/** Whether the organization stands in the way of an action: which of its policies, the simulator does not say. */
export function isDeniedByOrganization({ decision, allowedByOrganization }: SimulatedAction): boolean {
  return decision !== 'allowed' && !allowedByOrganization;
}

/** The gap that an answer of the simulator tells of; null when the action is allowed. */
export function gapOf(simulated: SimulatedAction): CloudWarning | null {
  const { action, decision } = simulated;
  if (decision === 'allowed') return null;
  if (isDeniedByOrganization(simulated)) {
    // Which policy it is, and whether its conditions were known, takes a look at the policies: scp-denial.ts.
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
