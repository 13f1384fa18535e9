import { describe, expect, it } from 'vitest';
import { explainScpDenial, unknownOfScpDenial, type PathLevel, type PathPolicy } from './scp-denial.ts';
import { knownContext, simulationContext, tagContext } from './simulation.ts';

const role = { arn: 'arn:aws:iam::111122223333:role/muster', accountId: '111122223333' };
const context = simulationContext(role, { organizationId: 'o-a', ancestors: ['r-a', 'ou-a-b'] });
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const policy = (name: string, ...statements: object[]): PathPolicy => ({ name, content: JSON.stringify({ Statement: statements }) });
const full = policy('FullAWSAccess', everything);
const deny = (changes: object = {}) => ({ Effect: 'Deny', Action: 'ec2:*', Resource: '*', ...changes });

/** The path of the account, with these policies beside FullAWSAccess. */
function path(root: PathPolicy[], unit: PathPolicy[] = [], account: PathPolicy[] = []): PathLevel[] {
  const [r, u, a] = [root, unit, account].map((policies) => [full, ...policies]) as [PathPolicy[], PathPolicy[], PathPolicy[]];
  return [
    { targetId: 'r-a', targetName: 'Root', policies: r },
    { targetId: 'ou-a-b', targetName: 'Prod', policies: u },
    { targetId: '111122223333', targetName: null, policies: a },
  ];
}
const explain = (levels: PathLevel[]) => explainScpDenial('ec2:DescribeInstances', levels, knownContext(context, false));
const told = (levels: PathLevel[]) => explain(levels).map(({ code, policy: name }) => [code, name]);

describe('O18: which SCP denies', () => {
  it('each policy that denies every call of the role, with its target', () => {
    const levels = path([policy('one', deny())], [policy('two', deny({ Action: 'EC2:Describe*' }))], [policy('three', deny())]);
    expect(explain(levels).map(({ message }) => message)).toEqual([
      'The service control policy one, attached to the root r-a, denies ec2:DescribeInstances.',
      'The service control policy two, attached to the organizational unit Prod (ou-a-b), denies ec2:DescribeInstances.',
      'The service control policy three, attached to the account 111122223333, denies ec2:DescribeInstances.',
    ]);
    expect(explain(levels)[1]).toMatchObject({ code: 'denied_by_scp', action: 'ec2:DescribeInstances', policy: 'two' });
  });

  it.each([
    ['about other actions', deny({ Action: 's3:*' })],
    ['about all but these', deny({ Action: undefined, NotAction: ['ec2:*', 'iam:*'] })],
    ['that spares the role', deny({ Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/muster' } } })],
    ['for another organization', deny({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-b' } } })],
  ])('no policy %s', (_, statement) => {
    const levels = path([policy('innocent', statement)], [policy('guilty', deny())]);
    expect(told(levels)).toEqual([['denied_by_scp', 'guilty']]);
  });

  it('a condition with known keys is decided', () => {
    const condition = { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } };
    expect(told(path([policy('admins', deny({ Condition: condition }))]))).toEqual([['denied_by_scp', 'admins']]);
  });

  it('the documented false positive: a denial that depends on the call is unverified, and the keys are named', () => {
    const regions = policy('regions', deny({ Condition: { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } } }));
    const buckets = policy('buckets', deny({ Resource: 'arn:aws:ec2:*:*:instance/i-1' }));
    const warnings = explain(path([regions], [buckets]));
    expect(warnings).toMatchObject([
      { code: 'denied_by_scp_unverified', policy: 'regions', message: expect.stringContaining('depends on aws:RequestedRegion,') },
      { code: 'denied_by_scp_unverified', policy: 'buckets', message: expect.stringContaining('the requested resource') },
    ]);
    // A policy that denies in any case makes possible denials irrelevant.
    expect(told(path([regions], [policy('sure', deny())]))).toEqual([['denied_by_scp', 'sure']]);
  });

  it('a level whose policies allow too little', () => {
    const levels = path([]);
    levels[1] = {
      ...levels[1]!,
      policies: [policy('only-s3', { ...everything, Action: 's3:*' }), policy('only-iam', { ...everything, Action: 'iam:*' })],
    };
    expect(explain(levels)).toEqual([
      {
        code: 'denied_by_scp',
        action: 'ec2:DescribeInstances',
        policy: 'only-s3, only-iam',
        message: 'The service control policies attached to the organizational unit Prod (ou-a-b) do not allow ec2:DescribeInstances.',
      },
    ]);
    const somewhere = { ...everything, Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } };
    levels[1] = { ...levels[1], policies: [policy('somewhere', somewhere)] };
    expect(told(levels)).toEqual([['denied_by_scp_unverified', 'somewhere']]);
  });

  it.each([
    ['not read', null],
    ['no JSON', '{'],
    ['no policy', 'null'],
  ])('a policy whose text is %s may be the one', (_, content) => {
    const [warning] = explain(path([{ name: 'dark', content }]));
    expect(warning).toMatchObject({ code: 'denied_by_scp_unverified', policy: 'dark' });
  });

  it('a denial without a policy that explains it has a warning without a name', () => {
    for (const levels of [[], path([])]) {
      expect(explain(levels)).toMatchObject([{ code: 'denied_by_scp_unverified', action: 'ec2:DescribeInstances' }]);
      expect(explain(levels)[0]).not.toHaveProperty('policy');
    }
  });

  it('the unknown facts of a denial are named until they are known: a tag of the role decides, and so does a missing tag', () => {
    const onlyBlue = policy('only-blue', deny({ Condition: { StringNotEquals: { 'aws:PrincipalTag/Team': 'blue' } } }));
    const levels = path([onlyBlue]);
    const unknown = (known: ReturnType<typeof knownContext>) => unknownOfScpDenial('ec2:DescribeInstances', levels, known);
    expect(unknown(knownContext(context, false))).toEqual(['aws:PrincipalTag/Team']);
    const judged = (tags: Record<string, string>) => {
      const known = knownContext([...context, ...tagContext(new Map(Object.entries(tags)))], true);
      expect(unknown(known)).toEqual([]);
      return explainScpDenial('ec2:DescribeInstances', levels, known)[0]!.policy;
    };
    expect([judged({ team: 'red' }), judged({ team: 'blue' }), judged({ other: 'blue' })]).toEqual(['only-blue', undefined, 'only-blue']);
    // Where one denies for sure, the others decide nothing.
    expect(unknownOfScpDenial('ec2:DescribeInstances', path([onlyBlue], [policy('sure', deny())]), knownContext(context, false))).toEqual(
      [],
    );
  });
});
