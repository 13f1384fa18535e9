/** The Condition element (reference_policies_elements_condition_operators.html, reference_policies_multi-value-conditions.html). */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Context } from './context.ts';
import { asList } from './parse.ts';
import { matchesArn, matchesPattern, substitute, unmark } from './patterns.ts';

type Compare = (policyValue: string, requestValue: string) => boolean;

const text =
  (compare: Compare): Compare =>
  (policyValue, requestValue) =>
    compare(unmark(policyValue), requestValue);
const numeric = (compare: (policy: number, request: number) => boolean): Compare =>
  text((policyValue, requestValue) => {
    const [policy, request] = [Number(policyValue), Number(requestValue)];
    return !Number.isNaN(policy) && !Number.isNaN(request) && compare(policy, request);
  });
const date = (compare: (policy: number, request: number) => boolean): Compare =>
  text((policyValue, requestValue) => {
    const [policy, request] = [moment(policyValue), moment(requestValue)];
    return !Number.isNaN(policy) && !Number.isNaN(request) && compare(policy, request);
  });

/** Positive operators by lower-case name; each has a negated twin that holds when no value matches. */
const positive: Record<string, Compare> = {
  stringequals: text((policy, request) => policy === request),
  stringequalsignorecase: text((policy, request) => policy.toLowerCase() === request.toLowerCase()),
  stringlike: (policy, request) => matchesPattern(policy, request),
  numericequals: numeric((policy, request) => request === policy),
  numericlessthan: numeric((policy, request) => request < policy),
  numericlessthanequals: numeric((policy, request) => request <= policy),
  numericgreaterthan: numeric((policy, request) => request > policy),
  numericgreaterthanequals: numeric((policy, request) => request >= policy),
  dateequals: date((policy, request) => request === policy),
  datelessthan: date((policy, request) => request < policy),
  datelessthanequals: date((policy, request) => request <= policy),
  dategreaterthan: date((policy, request) => request > policy),
  dategreaterthanequals: date((policy, request) => request >= policy),
  bool: text((policy, request) => policy.toLowerCase() === request.toLowerCase()),
  binaryequals: text((policy, request) => policy === request),
  ipaddress: text((policy, request) => inRange(policy, request)),
  arnequals: (policy, request) => matchesArn(policy, request),
  arnlike: (policy, request) => matchesArn(policy, request),
};

const negated: Record<string, string> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
};

/** Whether IAM knows the operator, with its ForAllValues:/ForAnyValue: prefix and IfExists suffix. */
export function isConditionOperator(operator: string): boolean {
  const { base } = splitOperator(operator);
  return base === 'null' || base in positive || base in negated;
}

/** True when every operator's every key holds. */
export function conditionsHold(
  condition: Record<string, Record<string, string | string[]>> | undefined,
  context: Context,
  version: string | undefined,
): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, key, values, context, version)),
  );
}

function holds(operator: string, key: string, rawValues: string | string[], context: Context, version: string | undefined): boolean {
  const { base, set, ifExists } = splitOperator(operator);
  const requestValues = context.get(key.toLowerCase());
  const rawList = asList(rawValues).map(String);
  if (base === 'null') {
    const absent = requestValues === undefined || requestValues.length === 0;
    return rawList.some((value) => (value.toLowerCase() === 'true') === absent);
  }
  const policyValues = rawList.map((value) => substitute(value, context, version)).filter((value) => value !== undefined);
  const isNegated = base in negated;
  const compare = positive[negated[base] ?? base];
  if (!compare) return false;
  const one = (requestValue: string): boolean => policyValues.some((value) => compare(value, requestValue)) !== isNegated;

  if (requestValues === undefined || requestValues.length === 0) {
    // "ForAllValues … also returns true if there are no context keys in the request"; ForAnyValue returns false; a negated
    // operator holds for an absent key, because it is certainly not equal.
    if (set === 'all' || ifExists) return true;
    return set === 'none' && isNegated;
  }
  return set === 'any' ? requestValues.some(one) : requestValues.every(one);
}

function splitOperator(operator: string): { base: string; set: 'all' | 'any' | 'none'; ifExists: boolean } {
  let base = operator.toLowerCase();
  let set: 'all' | 'any' | 'none' = 'none';
  if (base.startsWith('forallvalues:')) [base, set] = [base.slice('forallvalues:'.length), 'all'];
  else if (base.startsWith('foranyvalue:')) [base, set] = [base.slice('foranyvalue:'.length), 'any'];
  const ifExists = base.endsWith('ifexists');
  return { base: ifExists ? base.slice(0, -'ifexists'.length) : base, set, ifExists };
}

/** ISO 8601 or epoch seconds, as epoch milliseconds. */
function moment(value: string): number {
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}

function inRange(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/');
  const type = isIPv4(network) ? 'ipv4' : isIPv6(network) ? 'ipv6' : undefined;
  if (type === undefined || !(type === 'ipv4' ? isIPv4(address) : isIPv6(address))) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix === undefined ? (type === 'ipv4' ? 32 : 128) : Number(prefix), type);
  return list.check(address, type);
}
