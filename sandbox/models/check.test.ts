/** D5: inputs are held against AWS's models, for every operation alike. */
import { describe, expect, test } from 'vitest';
import { modules } from '../core/modules.ts';
import { expression, problemsOf } from './check.ts';
import { modelOf } from './index.ts';
import { checkInput } from './refuse.ts';

test.each(modules.map(({ service }) => service))('D5: %s has a model of each operation, whose patterns all work here', (service) => {
  const { operations, shapes } = modelOf(service);
  const known = modules.find((module) => module.service === service)!.operations;
  expect(Object.keys(operations).sort()).toEqual(Object.keys(known).sort());
  for (const { pattern } of Object.values(shapes)) if (pattern !== undefined) expect(() => expression(pattern)).not.toThrow();
});

const refusalOf = (...call: Parameters<typeof checkInput>): unknown => {
  try {
    checkInput(...call);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('D5: a bad member is refused as its service does', () => {
  test.each<[string, object, string]>([
    ['is not there', {}, "Value null at 'roleName' failed to satisfy constraint: Member must not be null"],
    ['is too long', { RoleName: 'r'.repeat(65) }, 'Member must have length less than or equal to 64'],
    ['has other characters', { RoleName: 'a b' }, String.raw`Member must satisfy regular expression pattern: [\w+=,.@-]+`],
    ['is too large', { RoleName: 'r', MaxSessionDuration: '43201' }, 'Member must have value less than or equal to 43200'],
    ['stands in a list', { RoleName: 'r', Tags: [{ Key: 'a', Value: 'b#c' }] }, "Value 'b#c' at 'tags.1.member.value'"],
  ])('IAM: a member that %s', (_what, input, sentence) => {
    const error = refusalOf('iam', 'CreateRole', { AssumeRolePolicyDocument: '{}', ...input });
    expect(error).toMatchObject({ code: 'ValidationError', status: 400, message: expect.stringContaining(sentence) });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['CreateAccount', { Email: 'a@example.com' }, 'INPUT_REQUIRED'],
    ['CreateAccount', { Email: 'a@example.com', AccountName: 'a'.repeat(51) }, 'MAX_LENGTH_EXCEEDED'],
    ['CreateAccount', { Email: 'a@example.com', AccountName: 'Zoë' }, 'INVALID_PATTERN'],
    ['ListAccounts', { MaxResults: 21 }, 'MAX_VALUE_EXCEEDED'],
    ['ListChildren', { ParentId: 'r-abcd', ChildType: 'USER' }, 'INVALID_ENUM'],
    ['ListPolicies', { Filter: 'NO_POLICY' }, 'INVALID_ENUM_POLICY_TYPE'],
  ])('Organizations: %s %j is %s', (operation, input, Reason) => {
    expect(refusalOf('organizations', operation, input)).toMatchObject({ code: 'InvalidInputException', status: 400, members: { Reason } });
  });

  test('a member that the model does not have is no problem, as AWS skips it', () => {
    expect(problemsOf('iam', 'GetRole', { RoleName: 'r', Unknown: '\u0000' })).toEqual([]);
  });
});
