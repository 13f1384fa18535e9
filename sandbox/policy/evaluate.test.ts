import { describe, expect, it } from 'vitest';
import type { PolicyDocument, PolicyStatement } from './document.ts';
import { conditionsHold, isConditionOperator } from './conditions.ts';
import { makeContext } from './context.ts';
import { effectOf, effectOnSubject, evaluateIdentity } from './evaluate.ts';

const role = 'arn:aws:iam::111122223333:role/partner/harvest';

function policy(...statements: PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

function request(action: string, resource = role, context: Record<string, string | string[]> = {}) {
  return { action, resource, context: makeContext(context) };
}

describe('an approval never gives more than AWS would: what a policy allows', () => {
  const table: [string, PolicyStatement[], ReturnType<typeof request>, string][] = [
    ['nothing said', [], request('iam:GetRole'), 'none'],
    ['exact action and resource', [{ Effect: 'Allow', Action: 'iam:GetRole', Resource: role }], request('iam:GetRole'), 'allow'],
    ['action in another case', [{ Effect: 'Allow', Action: 'IAM:getrole', Resource: '*' }], request('iam:GetRole'), 'allow'],
    ['action wildcard', [{ Effect: 'Allow', Action: 'iam:Get*', Resource: '*' }], request('iam:GetRole'), 'allow'],
    ['one-character wildcard', [{ Effect: 'Allow', Action: 'iam:Get?ole', Resource: '*' }], request('iam:GetRole'), 'allow'],
    ['another action', [{ Effect: 'Allow', Action: 'iam:Get*', Resource: '*' }], request('iam:CreateRole'), 'none'],
    ['resource wildcard', [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::*:role/partner/*' }], request('iam:GetRole'), 'allow'],
    ['resource in another case', [{ Effect: 'Allow', Action: '*', Resource: role.toUpperCase() }], request('iam:GetRole'), 'none'],
    [
      'a star does not reach over a colon',
      [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:*:role/partner/harvest' }],
      request('iam:GetRole', 'arn:aws:iam::1:role/x'),
      'none',
    ],
    [
      'deny beats allow',
      [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'iam:GetRole', Resource: '*' },
      ],
      request('iam:GetRole'),
      'deny',
    ],
    ['NotAction leaves out', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], request('iam:GetRole'), 'none'],
    ['NotAction lets others in', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], request('s3:GetObject'), 'allow'],
    ['NotResource leaves out', [{ Effect: 'Allow', Action: '*', NotResource: role }], request('iam:GetRole'), 'none'],
    [
      'an action without a resource needs *',
      [{ Effect: 'Allow', Action: '*', Resource: role }],
      request('iam:CreateDelegationRequest', '*'),
      'none',
    ],
    [
      'variable',
      [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/partner/*' }],
      request('iam:GetRole', role, { 'aws:PrincipalAccount': '111122223333' }),
      'allow',
    ],
    [
      'variable of another account',
      [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/partner/*' }],
      request('iam:GetRole', role, { 'aws:PrincipalAccount': '444455556666' }),
      'none',
    ],
    [
      'variable without a value',
      [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/partner/*' }],
      request('iam:GetRole'),
      'none',
    ],
    [
      'variable with a default',
      [{ Effect: 'Allow', Action: '*', Resource: "arn:aws:iam::111122223333:role/${aws:username, 'partner'}/harvest" }],
      request('iam:GetRole'),
      'allow',
    ],
    [
      "a value's own wildcard is literal",
      [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::111122223333:role/${aws:username}/harvest' }],
      request('iam:GetRole', role, { 'aws:username': '*' }),
      'none',
    ],
  ];
  it.each(table)('%s', (_, statements, asked, expected) => {
    expect(effectOf([policy(...statements)], asked)).toBe(expected);
  });

  it('variables are plain text before version 2012-10-17', () => {
    const old: PolicyDocument = {
      Version: '2008-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/*' },
    };
    expect(effectOf([old], request('iam:GetRole', role, { 'aws:PrincipalAccount': '111122223333' }))).toBe('none');
  });
});

describe('D4: boundary and session policies only ever narrow', () => {
  const all = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
  const reads = policy({ Effect: 'Allow', Action: 'iam:Get*', Resource: '*' });
  const noReads = policy({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'iam:Get*', Resource: '*' });

  it.each([
    ['identity alone', { identity: [all], session: [] }, { allowed: true }],
    ['no policy', { identity: [], session: [] }, { allowed: false, denial: 'implicit', by: 'identity' }],
    ['inside the boundary', { identity: [all], boundary: reads, session: [] }, { allowed: true }],
    ['outside the boundary', { identity: [all], boundary: policy(), session: [] }, { allowed: false, denial: 'implicit', by: 'boundary' }],
    ['a boundary grants nothing', { identity: [], boundary: all, session: [] }, { allowed: false, denial: 'implicit', by: 'identity' }],
    [
      'every session policy must allow',
      { identity: [all], session: [all, policy()] },
      { allowed: false, denial: 'implicit', by: 'session' },
    ],
    ['a deny in the session policy', { identity: [all], session: [noReads] }, { allowed: false, denial: 'explicit', by: 'session' }],
  ])('%s', (_, policies, expected) => {
    expect(evaluateIdentity(policies, request('iam:GetRole'))).toEqual(expected);
  });
});

describe('conditions', () => {
  const context = {
    'sts:ExternalId': 'secret',
    'iam:PermissionsBoundary': 'arn:aws:iam::partner:policy/x/b_20261101',
    'aws:TagKeys': ['a', 'b'],
    'aws:SourceIp': '10.1.2.3',
    'aws:CurrentTime': '2026-11-01T12:00:00Z',
    'aws:MultiFactorAuthAge': '60',
    'aws:SecureTransport': 'true',
  };
  const table: [string, string, string, string | string[], boolean][] = [
    ['equal', 'StringEquals', 'sts:ExternalId', 'secret', true],
    ['keys know no case', 'StringEquals', 'STS:externalid', 'secret', true],
    ['values do', 'StringEquals', 'sts:ExternalId', 'Secret', false],
    ['… unless told', 'StringEqualsIgnoreCase', 'sts:ExternalId', 'Secret', true],
    ['equals knows no wildcards', 'StringEquals', 'sts:ExternalId', 'sec*', false],
    ['like does', 'StringLike', 'sts:ExternalId', 'sec*', true],
    ['one of several values', 'StringEquals', 'sts:ExternalId', ['x', 'secret'], true],
    ['not equals: none of several', 'StringNotEquals', 'sts:ExternalId', ['x', 'secret'], false],
    ['absent key', 'StringEquals', 'aws:Absent', 'x', false],
    ['absent key, negated', 'StringNotEquals', 'aws:Absent', 'x', true],
    ['absent key, IfExists', 'StringEqualsIfExists', 'aws:Absent', 'x', true],
    ['present key, IfExists', 'StringEqualsIfExists', 'sts:ExternalId', 'x', false],
    ['Null true of an absent key', 'Null', 'aws:Absent', 'true', true],
    ['Null false of a present key', 'Null', 'sts:ExternalId', 'false', true],
    ['Null true of a present key', 'Null', 'sts:ExternalId', 'true', false],
    ['boundary', 'StringEquals', 'iam:PermissionsBoundary', 'arn:aws:iam::partner:policy/x/b_20261101', true],
    ['ArnLike', 'ArnLike', 'iam:PermissionsBoundary', 'arn:aws:iam::partner:policy/*/b_*', true],
    ['ArnNotLike', 'ArnNotLike', 'iam:PermissionsBoundary', 'arn:aws:iam::partner:policy/*', false],
    ['Bool', 'Bool', 'aws:SecureTransport', 'TRUE', true],
    ['numbers', 'NumericLessThan', 'aws:MultiFactorAuthAge', '61', true],
    ['numbers, equal is not less', 'NumericLessThan', 'aws:MultiFactorAuthAge', '60', false],
    ['dates', 'DateGreaterThan', 'aws:CurrentTime', '2026-11-01T11:59:59Z', true],
    ['dates, epoch', 'DateLessThan', 'aws:CurrentTime', '1000000000', false],
    ['address in range', 'IpAddress', 'aws:SourceIp', '10.1.0.0/16', true],
    ['address out of range', 'NotIpAddress', 'aws:SourceIp', '10.1.0.0/16', false],
    ['all values', 'ForAllValues:StringEquals', 'aws:TagKeys', ['a', 'b', 'c'], true],
    ['not all values', 'ForAllValues:StringEquals', 'aws:TagKeys', ['a'], false],
    ['all of none', 'ForAllValues:StringEquals', 'aws:Absent', ['a'], true],
    ['any value', 'ForAnyValue:StringEquals', 'aws:TagKeys', ['b'], true],
    ['any of none', 'ForAnyValue:StringEquals', 'aws:Absent', ['b'], false],
    ['an operator that does not exist', 'StringMatches', 'sts:ExternalId', 'secret', false],
  ];
  it.each(table)('%s', (_, operator, key, value, expected) => {
    expect(conditionsHold({ [operator]: { [key]: value } }, makeContext(context), '2012-10-17')).toBe(expected);
  });

  it('a mistyped operator is refused', () => {
    expect(isConditionOperator('ForAnyValue:StringLikeIfExists')).toBe(true);
    expect(isConditionOperator('StringMatches')).toBe(false);
  });

  it('all operators and all keys must hold', () => {
    const both = { StringEquals: { 'sts:ExternalId': 'secret' }, Bool: { 'aws:SecureTransport': 'false' } };
    expect(conditionsHold(both, makeContext(context), '2012-10-17')).toBe(false);
  });
});

describe('D12: a trust policy admits the principals that it names, and no others', () => {
  const session = {
    accountId: '909090909090',
    arn: 'arn:aws:sts::909090909090:assumed-role/worker/i-1',
    principalArn: 'arn:aws:iam::909090909090:role/worker',
  };
  const trust = (Principal: PolicyStatement['Principal'], Condition?: PolicyStatement['Condition']): PolicyDocument =>
    policy({ Effect: 'Allow', Principal: Principal!, Action: 'sts:AssumeRole', ...(Condition ? { Condition } : {}) });

  it.each([
    ['the role', trust({ AWS: session.principalArn }), { effect: 'allow', via: 'direct' }],
    ['the session', trust({ AWS: session.arn }), { effect: 'allow', via: 'direct' }],
    ['the account', trust({ AWS: 'arn:aws:iam::909090909090:root' }), { effect: 'allow', via: 'account' }],
    ['the account by its number', trust({ AWS: '909090909090' }), { effect: 'allow', via: 'account' }],
    ['another account', trust({ AWS: '111122223333' }), { effect: 'none', via: 'none' }],
    ['no wildcard inside an ARN', trust({ AWS: 'arn:aws:iam::909090909090:role/*' }), { effect: 'none', via: 'none' }],
    ['a service only', trust({ Service: 'ec2.amazonaws.com' }), { effect: 'none', via: 'none' }],
    ['everyone', trust('*'), { effect: 'allow', via: 'direct' }],
    [
      'with the external id missing',
      trust({ AWS: session.principalArn }, { StringEquals: { 'sts:ExternalId': 'x' } }),
      { effect: 'none', via: 'none' },
    ],
  ])('%s', (_, document, expected) => {
    expect(effectOnSubject(document, session, request('sts:AssumeRole'))).toEqual(expected);
  });
});
