import { expect, test } from 'vitest';
import { customerGuardOf, guardRemedy } from './customer-guard.ts';

const start =
  'User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/r';
const scp = 'arn:aws:organizations::999988887777:policy/o-abc/service_control_policy/p-123';

test.each([
  [`${start} with an explicit deny in a service control policy: ${scp}`, { kind: 'service control policy', arn: scp }],
  [
    `HarvestingRole: ${start} with an explicit deny in a service control policy: ${scp}. (Service: Iam)`,
    { kind: 'service control policy', arn: scp },
  ],
  [`${start} with an explicit deny in a service control policy`, { kind: 'service control policy', arn: null }],
  [`${start} because no service control policy allows the iam:CreateRole action`, { kind: 'service control policy', arn: null }],
  [`${start} with an explicit deny in a permissions boundary`, { kind: 'permissions boundary', arn: null }],
  [`${start} because no permissions boundary allows the iam:CreateRole action`, { kind: 'permissions boundary', arn: null }],
  [`${start} because no identity-based policy allows the iam:CreateRole action`, null],
  [`${start} with an explicit deny in an identity-based policy`, null],
  [`${start} because no session policy allows the iam:CreateRole action`, null],
  [null, null],
])('A9: the guard is read from AWS’s sentence: %s', (text, guard) => {
  expect(customerGuardOf(text)).toEqual(guard);
});

test('A9: the remedy names the guard’s ARN if AWS gave it', () => {
  expect(guardRemedy({ kind: 'service control policy', arn: scp })).toContain(scp);
});
