import { describe, expect, it } from 'vitest';
import type { World } from '../core/world.ts';
import { boundaryArn, registration, templateArn } from '../fixtures/partner.ts';
import { registerPartner } from './index.ts';
import { delegationState } from './state.ts';

const emptyWorld = (): World => ({ state: { delegation: delegationState.empty() }, touch() {} }) as unknown as World;

const withTemplate = (...Statement: object[]): typeof registration => ({
  ...registration,
  policyTemplates: [{ arn: templateArn, document: { Version: '2012-10-17', Statement } }],
});

describe('the review of a partner registration refuses what AWS would', () => {
  it.each([
    ['a bare *', { Effect: 'Allow', Action: ['*'], Resource: '*' }, /bare \*/],
    ['wildcards for security-sensitive services', { Effect: 'Allow', Action: ['iam:Get*'], Resource: '*' }, /no wildcards/],
    ['writes to Organizations', { Effect: 'Allow', Action: ['organizations:EnableAWSServiceAccess'], Resource: '*' }, /only read actions/],
    ['actions out of order', { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetObject'], Resource: '*' }, /alphabetical/],
    ['elements out of order', { Action: ['s3:GetObject'], Effect: 'Allow', Resource: '*' }, /in the order/],
    ['NotAction in an Allow', { Effect: 'Allow', NotAction: ['s3:GetObject'], Resource: '*' }, /NotAction/],
    [
      'roles without a boundary',
      { Effect: 'Allow', Action: ['iam:CreateRole'], Resource: 'arn:aws:iam::@{AccountId}:role/x' },
      /PermissionsBoundary/,
    ],
    [
      'a boundary that is not registered',
      {
        Effect: 'Allow',
        Action: ['iam:AttachRolePolicy'],
        Resource: 'arn:aws:iam::@{AccountId}:role/x',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::partner:policy/x_20260101' } },
      },
      /PermissionsBoundary/,
    ],
    ['users', { Effect: 'Allow', Action: ['iam:CreateUser'], Resource: '*' }, /only writes to roles/],
    ['group policies', { Effect: 'Allow', Action: ['iam:PutGroupPolicy'], Resource: '*' }, /only writes to roles/],
    ['access keys', { Effect: 'Allow', Action: ['iam:CreateAccessKey'], Resource: '*' }, /only writes to roles/],
    ['passing any role', { Effect: 'Allow', Action: ['iam:PassRole'], Resource: 'arn:aws:iam::@{AccountId}:role/*' }, /specific role/],
    ['assuming any role', { Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: '*' }, /scoped/],
    [
      "managed policies outside the partner's path",
      { Effect: 'Allow', Action: ['iam:CreatePolicy'], Resource: 'arn:aws:iam::@{AccountId}:policy/other/*' },
      /policy\/partner\.example/,
    ],
  ])('%s', (_name, statement, objection) => {
    expect(() => registerPartner(emptyWorld(), withTemplate(statement))).toThrow(objection);
  });

  it('a boundary without an ARN, over 6,144 characters, or changed after its registration', () => {
    const boundary = (arn: string, ...Action: string[]): typeof registration => ({
      ...registration,
      policyTemplates: withTemplate({ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }).policyTemplates,
      permissionsBoundaries: [{ arn, document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }],
    });
    expect(() => registerPartner(emptyWorld(), boundary('harvest-boundary', 's3:Get*'))).toThrow(/the ARN that AWS gave it/);
    // AWS's own pages spell these ARNs in several ways.
    const newest = 'arn:aws:iam::partner:policy/permissions-boundary/partner.example/Boundary_2026_01_01';
    registerPartner(emptyWorld(), boundary(newest, 's3:Get*'));
    expect(() =>
      registerPartner(emptyWorld(), boundary(boundaryArn, ...Array.from({ length: 500 }, (_, index) => `s3:Action${index}`))),
    ).toThrow(/6,144/);
    const world = emptyWorld();
    registerPartner(world, boundary(boundaryArn, 's3:Get*'));
    registerPartner(world, boundary(boundaryArn, 's3:Get*'));
    expect(() => registerPartner(world, boundary(boundaryArn, 's3:*'))).toThrow(/immutable/);
  });

  it('a name over 30 characters; a refused registration leaves nothing behind', () => {
    const world = emptyWorld();
    expect(() => registerPartner(world, { ...registration, partnerName: 'x'.repeat(31) })).toThrow(/30 characters/);
    expect(delegationState.of(world)).toEqual(delegationState.empty());
  });
});
