import { expect, it } from 'vitest';
import { hashOfPolicy } from './hash-of-policy.ts';

const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: ['s3:*', 'ec2:*'], Resource: '*' }] };

it('O18: the hash of a policy’s text does not depend on white space and the order of fields', () => {
  const hash = hashOfPolicy(JSON.stringify(policy));
  const { Version, Statement } = policy;
  expect(hashOfPolicy(JSON.stringify({ Statement, Version }, null, 2))).toBe(hash);
  expect(hashOfPolicy(JSON.stringify({ Version, Statement: [{ ...Statement[0], Action: ['ec2:*', 's3:*'] }] }))).not.toBe(hash);
  expect(hashOfPolicy(JSON.stringify({ Version, Statement: [{ ...Statement[0], Effect: 'Allow' }] }))).not.toBe(hash);
  expect(hashOfPolicy('no JSON')).toMatch(/^[0-9a-f]{64}$/);
});
