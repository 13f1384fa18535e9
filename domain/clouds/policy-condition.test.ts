import { describe, expect, it } from 'vitest';
import { isLike, judgeCondition } from './policy-condition.ts';

const role = 'arn:aws:iam::111122223333:role/muster';
const values = new Map([
  ['aws:principalarn', [role]],
  ['aws:principalorgpaths', ['o-a/r-a/ou-a/', 'o-a/r-a/ou-b/']],
  ['aws:securetransport', ['true']],
  ['aws:principaltag/gone', []],
]);
const known = (key: string) => values.get(key);
const holds = (operator: string, key: string, value: unknown) => judgeCondition({ [operator]: { [key]: value } }, known).holds;

describe('O18: whether a condition of an SCP holds for the role', () => {
  it.each([
    ['StringEquals', role, true],
    ['StringEquals', role.toUpperCase(), false],
    ['StringEqualsIgnoreCase', role.toUpperCase(), true],
    ['StringNotEquals', role, false],
    ['StringNotEquals', ['x', role], false],
    ['StringNotEquals', ['x', 'y'], true],
    ['StringNotEqualsIgnoreCase', role.toUpperCase(), false],
    ['StringLike', ['x', '*:role/mus?er'], true],
    ['StringLike', '*:role/mus?ter', false],
    ['StringNotLike', '*:role/*', false],
    ['ArnLike', 'arn:aws:iam::*:role/*', true],
    ['ArnEquals', 'arn:*:iam::111122223333:role/muster', true],
    // In an ARN, a wildcard of one part reaches into no other.
    ['ArnLike', 'arn:aws:iam:*:role/muster', false],
    ['ArnNotLike', 'arn:aws:iam::*:role/muster', false],
    ['ArnNotEquals', 'arn:aws:iam::*:role/other', true],
    ['StringEqualsIfExists', role, true],
    ['Null', 'false', true],
    ['Null', 'true', false],
  ])('%s %j: %s', (operator, value, expected) => expect(holds(operator, 'aws:PrincipalArn', value)).toBe(expected));

  it.each([
    ['ForAnyValue:StringLike', 'o-a/r-a/ou-a/*', true],
    ['ForAllValues:StringLike', 'o-a/r-a/ou-a/*', false],
    ['ForAllValues:StringLike', 'o-a/*', true],
    ['ForAllValues:StringNotLike', 'o-a/r-a/ou-a/*', false],
    ['ForAnyValue:StringNotLike', 'o-a/r-a/ou-a/*', true],
  ])('%s %j over several values: %s', (operator, value, expected) => {
    expect(holds(operator, 'aws:PrincipalOrgPaths', value)).toBe(expected);
  });

  it('a flag may be written as a boolean, and keys in any case', () => {
    expect(holds('Bool', 'AWS:SecureTransport', true)).toBe(true);
    expect(holds('Bool', 'aws:SecureTransport', 'false')).toBe(false);
  });

  it.each([
    ['StringEquals', 'x', false],
    ['StringNotEquals', 'x', true],
    ['StringNotLike', '*', true],
    ['ArnNotLike', '*', true],
    ['Bool', 'false', false],
    ['StringEqualsIfExists', 'x', true],
    ['ForAllValues:StringEquals', 'x', true],
    ['ForAnyValue:StringEquals', 'x', false],
    ['ForAnyValue:StringNotEquals', 'x', false],
    ['ForAnyValue:StringNotEqualsIfExists', 'x', true],
    ['Null', 'true', true],
    ['Null', 'false', false],
    ['NumericNotEquals', '3', null],
  ])('%s %j of a key that is known to be absent: %s', (operator, value, expected) => {
    expect(holds(operator, 'aws:PrincipalTag/Gone', value)).toBe(expected);
  });

  it.each([
    ['StringNotEquals', 'aws:RequestedRegion', 'us-east-1'],
    ['Null', 'aws:PrincipalTag/team', 'true'],
    ['StringEquals', 'aws:PrincipalArn', 'arn:aws:iam::${aws:PrincipalAccount}:role/muster'],
    ['NumericLessThan', 'aws:PrincipalArn', '3'],
  ])('%s %s %j cannot be known, and is named', (operator, key, value) => {
    expect(judgeCondition({ [operator]: { [key]: value } }, known)).toEqual({ holds: null, unknown: [key] });
  });

  it('a condition does not hold if one part is known not to hold', () => {
    const unknown = { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } };
    expect(judgeCondition({ ...unknown, ArnNotLike: { 'aws:PrincipalArn': role } }, known)).toEqual({ holds: false, unknown: [] });
    expect(judgeCondition({ ...unknown, ArnLike: { 'aws:PrincipalArn': role } }, known).holds).toBeNull();
    expect(judgeCondition({}, known)).toEqual({ holds: true, unknown: [] });
  });

  it('other characters of a pattern match literally', () => {
    expect([isLike('a.b', 'axb'), isLike('a(b)+$', 'a(b)+$'), isLike('*', ''), isLike('a?', 'a'), isLike('a*', 'a\nb')]).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});
