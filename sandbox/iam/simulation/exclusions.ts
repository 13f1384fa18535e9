/** PolicyExclusionList: what the result would be without some of the policies (API model, PolicyIdentifier). */
import type { Fields } from '../../core/fields.ts';
import { AwsError } from '../../core/aws-error.ts';
import { matchesPattern } from '../../policy/patterns.ts';
import type { SimulatedPolicies, SimulatedPrincipal, SourcePolicy } from './policies.ts';

/** A union: exactly one member is there. */
interface PolicyIdentifier {
  PolicyType?: string;
  PolicyArn?: string;
  InlinePolicyIdentifier?: { PolicyName?: string; AttachmentType?: string; AttachmentName?: string };
}

const policyTypes = ['aws-managed', 'inline', 'permission-boundary', 'rcp', 'scp', 'user-managed'];
const attachmentTypes = ['user', 'group', 'role'];

/** At most 256 (API model, SimulatePrincipalPolicy). Throws InvalidInput for identifiers that are syntactically wrong. */
export function readExclusions(fields: Fields): PolicyIdentifier[] {
  const exclusions = fields.list<PolicyIdentifier>('PolicyExclusionList', { max: 256 });
  for (const exclusion of exclusions) checkIdentifier(exclusion);
  return exclusions;
}

/** Without what the identifiers name. "Valid identifiers that don't match any attached policy are ignored", those of RCPs too. */
export function withoutExcluded(
  policies: SimulatedPolicies,
  exclusions: readonly PolicyIdentifier[],
  source: SimulatedPrincipal,
): SimulatedPolicies {
  const excludesType = (type: string): boolean => exclusions.some(({ PolicyType }) => PolicyType === type);
  const { boundary, scps } = policies;
  return {
    identity: policies.identity.filter((policy) => !exclusions.some((exclusion) => names(exclusion, policy, source))),
    ...(boundary === undefined || excludesType('permission-boundary') ? {} : { boundary }),
    ...(scps === undefined || excludesType('scp') ? {} : { scps }),
  };
}

function names(
  { PolicyType, PolicyArn, InlinePolicyIdentifier: inline }: PolicyIdentifier,
  policy: SourcePolicy,
  source: SimulatedPrincipal,
): boolean {
  const isInline = policy.name !== undefined;
  if (PolicyType !== undefined) return PolicyType === (isInline ? 'inline' : policy.type);
  if (PolicyArn !== undefined) return policy.arn !== undefined && matchesPattern(PolicyArn, policy.arn);
  return (
    isInline &&
    inline?.PolicyName === policy.name &&
    inline?.AttachmentType === source.kind &&
    matchesPattern(inline.AttachmentName ?? '', source.principal.name)
  );
}

function checkIdentifier(identifier: PolicyIdentifier): void {
  const { PolicyType, PolicyArn, InlinePolicyIdentifier: inline } = identifier;
  const given = [PolicyType, PolicyArn, inline].filter((member) => member !== undefined).length;
  if (given !== 1) throw invalid('must have exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier');
  if (PolicyType !== undefined && !policyTypes.includes(PolicyType)) throw invalid(`has the unknown policy type ${PolicyType}`);
  if (PolicyArn !== undefined) {
    const match = /^arn:[\w-]+:iam::(?:aws|\d{12}):policy\/((?:[\w+=,.@-]+\/)*)([\w+=,.@*?-]+)$/.exec(PolicyArn);
    // "in the resource name portion …: use at most one *"
    if (!match || !hasOneStar(match[2]!)) throw invalid(`has the malformed ARN ${PolicyArn}`);
  }
  if (inline !== undefined) {
    const { PolicyName, AttachmentType, AttachmentName } = inline;
    const isComplete = PolicyName && AttachmentName && attachmentTypes.includes(AttachmentType ?? '');
    if (!isComplete || /[*?]/.test(PolicyName) || !hasOneStar(AttachmentName)) throw invalid('has a malformed inline policy identifier');
  }
}

function hasOneStar(text: string): boolean {
  return text.split('*').length <= 2;
}

function invalid(problem: string): AwsError {
  return new AwsError('InvalidInput', `Invalid policy exclusion: an entry of PolicyExclusionList ${problem}.`);
}
