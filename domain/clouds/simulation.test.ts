import { describe, expect, it } from 'vitest';
import {
  includesPrincipalTag,
  gapOf,
  isDeniedByOrganization,
  knownContext,
  simulationContext,
  tagContext,
  type SimulatedAction,
} from './simulation.ts';

const role = { arn: 'arn:aws-cn:iam::111122223333:role/muster', accountId: '111122223333' };
const valuesOf = (...given: Parameters<typeof simulationContext>) =>
  Object.fromEntries(simulationContext(...given).map(({ key, type, values }) => [key, [type, ...values]]));

describe('O18: what the simulator is told', () => {
  it('who the role is, and where its account hangs', () => {
    expect(valuesOf(role, { organizationId: 'o-a', ancestors: ['r-a', 'ou-a-b'] })).toEqual({
      'aws:PrincipalArn': ['string', role.arn],
      'aws:PrincipalAccount': ['string', '111122223333'],
      'aws:PrincipalType': ['string', 'AssumedRole'],
      'aws:ResourceAccount': ['string', '111122223333'],
      'aws:PrincipalIsAWSService': ['boolean', 'false'],
      'aws:ViaAWSService': ['boolean', 'false'],
      'aws:SecureTransport': ['boolean', 'true'],
      'aws:PrincipalOrgID': ['string', 'o-a'],
      'aws:ResourceOrgID': ['string', 'o-a'],
      'aws:PrincipalOrgPaths': ['stringList', 'o-a/r-a/ou-a-b/'],
      'aws:ResourceOrgPaths': ['stringList', 'o-a/r-a/ou-a-b/'],
    });
  });

  it('nothing that is not known', () => {
    const keys = Object.keys(valuesOf(role, { organizationId: 'o-a', ancestors: null }));
    expect(keys).toContain('aws:PrincipalOrgID');
    expect(keys).not.toContain('aws:PrincipalOrgPaths');
    expect(Object.keys(valuesOf(role, null)).filter((key) => key.includes('Org'))).toEqual([]);
  });
});

describe('O18: the tags of the role', () => {
  const context = tagContext(new Map([['Team', 'blue']]));

  it('are told as the caller’s, and known in any case; others are absent only once all were read', () => {
    expect(context).toEqual([{ key: 'aws:PrincipalTag/Team', type: 'string', values: ['blue'] }]);
    const all = knownContext(context, true);
    expect([all('aws:principaltag/team'), all('aws:principaltag/other'), all('aws:sourceip')]).toEqual([['blue'], [], undefined]);
    expect(knownContext(context, false)('aws:principaltag/other')).toBeUndefined();
  });

  it('are asked for by their keys, not by the tags of resources', () => {
    expect(includesPrincipalTag(['aws:SourceIp', 'AWS:principalTag/team'])).toBe(true);
    expect(includesPrincipalTag(['aws:ResourceTag/team', 'aws:RequestTag/team', 'aws:PrincipalArn'])).toBe(false);
  });
});

describe('O10: what the simulator’s answer means', () => {
  const answer = (changes: Partial<SimulatedAction>): SimulatedAction => ({
    action: 'ec2:DescribeInstances',
    decision: 'implicit_deny',
    allowedByOrganization: true,
    allowedByBoundary: true,
    missingKeys: [],
    ...changes,
  });

  it.each([
    [{}, 'missing_permission', 'No policy of the role allows'],
    [{ decision: 'explicit_deny' as const }, 'missing_permission', 'A policy of the role denies'],
    [{ allowedByBoundary: false }, 'denied_by_boundary', 'permissions boundary'],
    [{ decision: 'explicit_deny' as const, allowedByBoundary: false }, 'denied_by_boundary', 'permissions boundary'],
    [{ allowedByOrganization: false }, 'denied_by_scp_unverified', 'service control policy'],
    // The simulator stops at the SCP, whatever it says of the boundary.
    [{ allowedByOrganization: false, allowedByBoundary: false }, 'denied_by_scp_unverified', 'service control policy'],
  ])('%j is %s', (changes, code, message) => {
    expect(gapOf(answer(changes))).toEqual({ code, action: 'ec2:DescribeInstances', message: expect.stringContaining(message) });
  });

  it('what is allowed is no gap', () => {
    expect(gapOf(answer({ decision: 'allowed' }))).toBeNull();
    const denied = [answer({ allowedByOrganization: false }), answer({}), answer({ decision: 'allowed', allowedByOrganization: false })];
    expect(denied.map(isDeniedByOrganization)).toEqual([true, false, false]);
  });
});
