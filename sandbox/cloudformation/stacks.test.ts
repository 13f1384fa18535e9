/** The engine with a fake of the other services: what it calls, in which order, and what becomes of a stack when a call fails. */
import { deserialize, serialize } from 'node:v8';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { administrator } from '../auth/credentials.ts';
import { controlState } from '../control/state.ts';
import { slices } from '../core/modules.ts';
import { fillState } from '../core/state.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call } from '../core/service.ts';
import type { Caller } from '../core/caller.ts';
import type { World } from '../core/world.ts';
import type { WorldState } from '../core/state.ts';
import { stsState } from '../sts/state.ts';
import { service } from './index.ts';
import { cloudFormationState } from './state.ts';
import type { StackEvent } from './stack.ts';

const accountId = '111122223333';
const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

/** A world whose services remember their calls and answer well, unless `answer` says otherwise. */
function fakeWorld(state: WorldState = fillState(slices)) {
  const calls: string[] = [];
  const answer = vi.fn<(operation: string, input: Record<string, unknown>) => unknown>();
  const world = {
    state,
    now: () => Date.now() + controlState.of({ state }).clockOffsetMs,
    touch: () => {},
    invoke: async (_service: string, operation: string, input: Record<string, unknown>) => {
      calls.push([operation, input.RoleName, input.PolicyArn ?? input.PolicyName].filter(Boolean).join(' '));
      return answer(operation, input) ?? defaultAnswer(operation, input);
    },
  } as unknown as World;
  stops.push(service.start!(world));
  const run = (operation: string, input: Record<string, unknown>, caller: Caller = administrator(accountId)) => {
    const call = {
      world,
      caller,
      service: 'cloudformation',
      operation,
      region: 'eu-west-1',
      requestId: 'r',
      authorize: () => {},
    } as unknown as Call;
    return service.operations[operation]!(input, call) as Record<string, never>;
  };
  return { world, calls, answer, run };
}

function defaultAnswer(operation: string, input: Record<string, unknown>): unknown {
  const policies = ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/ByHand'];
  if (operation === 'CreateRole') return { Role: { Arn: `arn:aws:iam::${accountId}:role/${String(input.RoleName)}`, RoleId: 'AROA' } };
  if (operation === 'ListAttachedRolePolicies') return { AttachedPolicies: policies.map((PolicyArn) => ({ PolicyArn })) };
  if (operation === 'ListRolePolicies') return { PolicyNames: ['own'] };
  return {};
}

const role = (name: string, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/A'],
    Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [] } }],
    ...more,
  },
});
const body = (Resources: Record<string, unknown>, more: Record<string, unknown> = {}): string => JSON.stringify({ Resources, ...more });
const oneRole = body({ R: role('one') }, { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['R', 'Arn'] } } } });
const create = (more: Record<string, unknown> = {}) => ({
  StackName: 'stack-x',
  TemplateBody: oneRole,
  Capabilities: ['CAPABILITY_NAMED_IAM'],
  ...more,
});

const stackOf = (world: World, name = 'stack-x') =>
  [...cloudFormationState.of(world).stacks.values()].findLast((stack) => stack.name === name)!;
const settled = async (world: World, status: string) => await expect.poll(() => stackOf(world).status).toBe(status);
const line = ({ logicalId, status }: StackEvent): string => `${logicalId} ${status}`;
const denied = (operation: string) => (asked: string) => {
  if (asked === operation) throw new AwsError('AccessDenied', `User: u is not authorized to perform: iam:${operation} on resource: r`, 403);
};

describe('creating a stack', () => {
  test('D4: makes the calls of the public handler in order, and no other, or the delegated policy would be judged wrongly', async () => {
    const { world, calls, run } = fakeWorld();
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    expect(calls).toEqual(['CreateRole one', 'AttachRolePolicy one arn:aws:iam::aws:policy/A', 'PutRolePolicy one own', 'GetRole one']);
    expect(stackOf(world).outputs).toEqual([{ key: 'Arn', value: `arn:aws:iam::${accountId}:role/one` }]);
    expect(stackOf(world).events.map(line)).toEqual([
      'stack-x CREATE_IN_PROGRESS',
      'R CREATE_IN_PROGRESS',
      'R CREATE_IN_PROGRESS',
      'R CREATE_COMPLETE',
      'stack-x CREATE_COMPLETE',
    ]);
  });

  test('D12: the external id, a NoEcho parameter, shows in no description and no event', async () => {
    const { world, run } = fakeWorld();
    const template = body(
      { R: role('one', { AssumeRolePolicyDocument: { Statement: [{ Condition: { 'Fn::Sub': 'id is ${Secret}' } }] } }) },
      { Parameters: { Secret: { Type: 'String', NoEcho: true } } },
    );
    run('CreateStack', create({ TemplateBody: template, Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'very"secret' }] }));
    await settled(world, 'CREATE_COMPLETE');
    const shown = JSON.stringify([run('DescribeStacks', { StackName: 'stack-x' }), run('DescribeStackEvents', { StackName: 'stack-x' })]);
    expect(shown).toContain('****');
    expect(shown).not.toMatch(/very.*secret/);
  });

  test('D6: a failure takes away in reverse what was made, and says why in AWS words', async () => {
    const { world, calls, answer, run } = fakeWorld();
    answer.mockImplementation((operation, input) => {
      if (operation === 'CreateRole' && input.RoleName === 'three') {
        throw new AwsError('EntityAlreadyExists', 'Role with name three already exists.', 409);
      }
      return undefined;
    });
    const three = { ...role('three'), DependsOn: ['One', 'Two'] };
    run('CreateStack', create({ TemplateBody: body({ Three: three, Two: { ...role('two'), DependsOn: 'One' }, One: role('one') }) }));
    await settled(world, 'ROLLBACK_COMPLETE');
    const { events } = stackOf(world);
    const reasonOf = (wanted: string): string => events.find((event) => line(event) === wanted)?.reason ?? '';
    expect(reasonOf('Three CREATE_FAILED')).toMatch(
      /^Resource handler returned message: "Resource of type 'AWS::IAM::Role' with identifier 'three' already exists\." \(RequestToken: [-\w]+, HandlerErrorCode: AlreadyExists\)$/,
    );
    expect(reasonOf('stack-x ROLLBACK_IN_PROGRESS')).toBe(
      'The following resource(s) failed to create: [Three]. Rollback requested by user.',
    );
    expect(calls.filter((call) => call.startsWith('DeleteRole '))).toEqual(['DeleteRole two', 'DeleteRole one']);
    expect(calls).not.toContain('DeleteRole three');
  });

  test('D6: a role made half-way is taken away too, but policies that others attached are left to IAM to judge', async () => {
    const { world, calls, answer, run } = fakeWorld();
    answer.mockImplementation(denied('PutRolePolicy'));
    run('CreateStack', create());
    await settled(world, 'ROLLBACK_COMPLETE');
    expect(stackOf(world).events.find((event) => line(event) === 'R CREATE_FAILED')?.reason).toMatch(
      /"User: u is not authorized to perform: iam:PutRolePolicy on resource: r \(Service: Iam, Status Code: 403, Request ID: .*HandlerErrorCode: AccessDenied\)$/,
    );
    expect(calls.slice(-6)).toEqual([
      'GetRole one',
      'ListAttachedRolePolicies one',
      'DetachRolePolicy one arn:aws:iam::aws:policy/A',
      'ListRolePolicies one',
      'DeleteRolePolicy one own',
      'DeleteRole one',
    ]);
  });

  test.each([
    ['DO_NOTHING', 'CREATE_FAILED'],
    ['DELETE', 'DELETE_COMPLETE'],
    ['ROLLBACK', 'ROLLBACK_COMPLETE'],
  ])('OnFailure %s ends in %s', async (OnFailure, status) => {
    const { world, answer, run } = fakeWorld();
    answer.mockImplementation(denied('CreateRole'));
    run('CreateStack', create({ OnFailure }));
    await settled(world, status);
    expect(stackOf(world).resources.get('R')?.physicalId).toBeUndefined();
  });

  test('takes throttling as passing, as the handlers do', async () => {
    const { world, calls, answer, run } = fakeWorld();
    answer.mockImplementationOnce(() => {
      throw new AwsError('Throttling', 'Rate exceeded', 400);
    });
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    expect(calls.filter((call) => call === 'CreateRole one')).toHaveLength(2);
  });

  test('TimeoutInMinutes ends a creation that takes too long', async () => {
    const { world, answer, run } = fakeWorld();
    answer.mockImplementation((operation) => void (operation === 'GetRole' && (controlState.of(world).clockOffsetMs = 61_000)));
    run('CreateStack', create({ TimeoutInMinutes: '1' }));
    await settled(world, 'ROLLBACK_COMPLETE');
    expect(stackOf(world).events.some(({ reason }) => reason?.startsWith('Stack creation time exceeded'))).toBe(true);
  });

  test.each([
    ['an unknown property', { Nope: 1 }, '#: extraneous key [Nope] is not permitted'],
    ['a missing property', { AssumeRolePolicyDocument: { Ref: 'AWS::NoValue' } }, '#: required key [AssumeRolePolicyDocument] not found'],
  ])('fails the resource for %s', async (_, properties, message) => {
    const { world, run } = fakeWorld();
    run('CreateStack', create({ TemplateBody: body({ R: role('one', properties) }) }));
    await settled(world, 'ROLLBACK_COMPLETE');
    expect(stackOf(world).events.find((event) => line(event) === 'R CREATE_FAILED')?.reason).toContain(message);
  });

  test('goes on after a restart without making anything twice', async () => {
    const first = fakeWorld();
    let release = (): void => {};
    first.answer.mockImplementation((operation) =>
      operation === 'AttachRolePolicy' ? new Promise((resolve) => (release = () => resolve({}))) : undefined,
    );
    first.run('CreateStack', create());
    await expect.poll(() => first.calls).toContain('AttachRolePolicy one arn:aws:iam::aws:policy/A');
    const saved = deserialize(serialize(first.world.state)) as WorldState;
    stops.splice(0).forEach((stop) => stop());
    release();

    const second = fakeWorld(saved);
    await settled(second.world, 'CREATE_COMPLETE');
    expect(second.calls).toEqual(['AttachRolePolicy one arn:aws:iam::aws:policy/A', 'PutRolePolicy one own', 'GetRole one']);
    expect(first.calls).not.toContain('PutRolePolicy one own');
  });
});

describe('the session that a stack works with (no RoleARN)', () => {
  const delegated: Caller = {
    ...administrator(accountId),
    kind: 'delegated',
    delegationRequestId: 'dr',
    expiresAt: Date.now() + 3_600_000,
  };
  const issue = (world: World): void =>
    void stsState.of(world).credentials.set('ASIA', { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', caller: delegated });

  test.each<[string, (world: World) => void, string]>([
    ['revoked', (world) => stsState.of(world).credentials.clear(), 'The security token included in the request is invalid'],
    [
      'expired',
      (world) => void (controlState.of(world).clockOffsetMs = 3_600_001),
      'The security token included in the request is expired',
    ],
  ])('D6: once it is %s nothing can be undone either, and the role is stranded', async (_, end, message) => {
    const { world, answer, run } = fakeWorld();
    issue(world);
    answer.mockImplementation((operation) => void (operation === 'CreateRole' && end(world)));
    run('CreateStack', create(), delegated);
    await settled(world, 'ROLLBACK_FAILED');
    const stack = stackOf(world);
    expect(stack.statusReason).toBe('The following resource(s) failed to delete: [R]. ');
    expect(stack.resources.get('R')).toMatchObject({
      status: 'DELETE_FAILED',
      physicalId: 'one',
      statusReason: expect.stringContaining(message),
    });

    run('DeleteStack', { StackName: 'stack-x' });
    await expect.poll(() => stack.status).toBe('DELETE_COMPLETE');
  });
});

describe('deleting a stack', () => {
  test('while it is created: the resource at work is finished, then all is deleted', async () => {
    const { world, calls, answer, run } = fakeWorld();
    answer.mockImplementation((operation) =>
      operation === 'AttachRolePolicy' ? void run('DeleteStack', { StackName: 'stack-x' }) : undefined,
    );
    run('CreateStack', create());
    await settled(world, 'DELETE_COMPLETE');
    expect(calls.at(-1)).toBe('DeleteRole one');
  });

  test('a resource that cannot be deleted is named; it may be retained then, and only then', async () => {
    const { world, answer, run } = fakeWorld();
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    expect(() => run('DeleteStack', { StackName: 'stack-x', RetainResources: ['R'] })).toThrow(
      'only for stacks in the DELETE_FAILED state',
    );
    answer.mockImplementation(denied('DeleteRole'));
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_FAILED');
    expect(stackOf(world).statusReason).toContain('[R]');
    run('DeleteStack', { StackName: 'stack-x', RetainResources: ['R'] });
    await settled(world, 'DELETE_COMPLETE');
    expect(stackOf(world).resources.get('R')!.status).toBe('DELETE_SKIPPED');
  });

  test('a resource that is already gone counts as deleted', async () => {
    const { world, answer, run } = fakeWorld();
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    answer.mockImplementation(() => {
      throw new AwsError('NoSuchEntity', 'The role with name one cannot be found.', 404);
    });
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_COMPLETE');
    expect(stackOf(world).resources.get('R')!.status).toBe('DELETE_COMPLETE');
  });

  test('only policies that are still attached are taken off', async () => {
    const { world, calls, answer, run } = fakeWorld();
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    answer.mockImplementation((operation) => (operation.startsWith('List') ? { AttachedPolicies: [], PolicyNames: [] } : undefined));
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_COMPLETE');
    expect(calls.slice(-4)).toEqual(['GetRole one', 'ListAttachedRolePolicies one', 'ListRolePolicies one', 'DeleteRole one']);
  });

  test('DeletionPolicy Retain leaves the resource', async () => {
    const { world, calls, run } = fakeWorld();
    run('CreateStack', create({ TemplateBody: body({ R: { ...role('one'), DeletionPolicy: 'Retain' } }) }));
    await settled(world, 'CREATE_COMPLETE');
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_COMPLETE');
    expect(calls).not.toContain('DeleteRole one');
  });

  test('termination protection holds until it is taken off', async () => {
    const { world, run } = fakeWorld();
    run('CreateStack', create({ EnableTerminationProtection: 'true' }));
    await settled(world, 'CREATE_COMPLETE');
    expect(() => run('DeleteStack', { StackName: 'stack-x' })).toThrow('cannot be deleted while TerminationProtection is enabled');
    run('UpdateTerminationProtection', { StackName: 'stack-x', EnableTerminationProtection: 'false' });
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_COMPLETE');
  });
});

describe('updating a stack', () => {
  const update = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    create({ TemplateBody: body({ R: role('one', properties) }), ...more });

  async function created() {
    const fake = fakeWorld();
    fake.run('CreateStack', create({ TemplateBody: body({ R: role('one') }) }));
    await settled(fake.world, 'CREATE_COMPLETE');
    fake.calls.splice(0);
    return fake;
  }

  test.each<[string, Record<string, unknown>, string[]]>([
    ['trust', { AssumeRolePolicyDocument: { Statement: [{}] } }, ['UpdateAssumeRolePolicy one']],
    [
      'policies',
      { ManagedPolicyArns: ['arn:b'], Policies: [] },
      ['AttachRolePolicy one arn:b', 'DetachRolePolicy one arn:aws:iam::aws:policy/A', 'DeleteRolePolicy one own'],
    ],
    ['boundary', { PermissionsBoundary: 'arn:b' }, ['PutRolePermissionsBoundary one']],
    ['duration', { MaxSessionDuration: 7200 }, ['UpdateRole one']],
    ['tags', { Tags: [{ Key: 'k', Value: 'v' }] }, ['TagRole one']],
  ])('changes the %s and nothing else', async (_, properties, expected) => {
    const { world, calls, run } = await created();
    run('UpdateStack', update(properties));
    await settled(world, 'UPDATE_COMPLETE');
    expect(calls).toEqual(expected);
  });

  test('refuses an update that changes nothing', async () => {
    const { run } = await created();
    expect(() => run('UpdateStack', update({}))).toThrow('No updates are to be performed.');
  });

  test('a new name makes a new role before the old one goes', async () => {
    const { world, calls, run } = await created();
    run('UpdateStack', update({ RoleName: 'two' }));
    await settled(world, 'UPDATE_COMPLETE');
    expect(calls.filter((call) => /^(Create|Delete)Role /.test(call))).toEqual(['CreateRole two', 'DeleteRole one']);
    expect(stackOf(world).resources.get('R')!.physicalId).toBe('two');
  });

  test('a resource that the template drops goes; a new one comes', async () => {
    const { world, calls, run } = await created();
    run('UpdateStack', create({ TemplateBody: body({ S: role('two') }) }));
    await settled(world, 'UPDATE_COMPLETE');
    expect([...stackOf(world).resources.keys()]).toEqual(['S']);
    expect(calls).toEqual(expect.arrayContaining(['CreateRole two', 'DeleteRole one']));
  });

  test('a failure brings the former state back', async () => {
    const { world, calls, answer, run } = await created();
    answer.mockImplementation(denied('DetachRolePolicy'));
    const before = structuredClone(stackOf(world).source);
    run(
      'UpdateStack',
      create({
        TemplateBody: body({ N: role('new'), R: { ...role('one', { ManagedPolicyArns: [], MaxSessionDuration: 7200 }), DependsOn: 'N' } }),
      }),
    );
    await expect.poll(() => stackOf(world).status).toMatch(/^UPDATE_ROLLBACK_(COMPLETE|FAILED)$/);
    expect(stackOf(world).source).toEqual(before);
    expect([...stackOf(world).resources.keys()]).toEqual(['R']);
    expect(calls.filter((call) => call === 'UpdateRole one')).toHaveLength(2);
  });
});

describe('CreateStack refuses', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a bad name', { StackName: '1x' }, "at 'stackName' failed to satisfy constraint"],
    ['a name of 129 characters', { StackName: 'x'.repeat(129) }, "at 'stackName' failed to satisfy constraint"],
    ['no name', { StackName: undefined }, "Value null at 'stackName'"],
    ['no template', { TemplateBody: undefined }, 'Either Template URL or Template Body must be specified.'],
    ['a template elsewhere', { TemplateURL: 'https://x' }, 'TemplateURL must reference a valid S3 object'],
    ['a named role unacknowledged', { Capabilities: ['CAPABILITY_IAM'] }, 'Requires capabilities : [CAPABILITY_NAMED_IAM]'],
    ['a service role', { RoleARN: 'arn:aws:iam::1:role/r' }, 'is invalid or cannot be assumed'],
    ['two answers to failure', { OnFailure: 'DELETE', DisableRollback: 'true' }, 'either DisableRollback or OnFailure, but not both'],
    ['tags of AWS', { Tags: [{ Key: 'aws:x', Value: '1' }] }, 'aws: prefixed tag key names are not allowed'],
    ['a timeout of nothing', { TimeoutInMinutes: '0' }, "at 'timeoutInMinutes'"],
  ])('%s', (_, more, message) => {
    expect(() => fakeWorld().run('CreateStack', create(more))).toThrow(message);
  });

  test('a nameless role needs CAPABILITY_IAM only', () => {
    const template = body({ R: role('x', { RoleName: undefined }) });
    expect(() => fakeWorld().run('CreateStack', create({ TemplateBody: template, Capabilities: [] }))).toThrow('[CAPABILITY_IAM]');
    expect(fakeWorld().run('CreateStack', create({ TemplateBody: template, Capabilities: ['CAPABILITY_IAM'] })).StackId).toContain(
      '/stack-x/',
    );
  });

  test('D10: a repeated call with its token answers as before; without, or for another stack, it is refused', async () => {
    const { world, run } = fakeWorld();
    const { StackId } = run('CreateStack', create({ ClientRequestToken: 't' }));
    expect(run('CreateStack', create({ ClientRequestToken: 't' })).StackId).toBe(StackId);
    expect(() => run('CreateStack', create())).toThrow('Stack [stack-x] already exists');
    expect(() => run('CreateStack', create({ ClientRequestToken: 't', StackName: 'stack-y' }))).toThrow(
      'A client request token already exists',
    );
    await settled(world, 'CREATE_COMPLETE');
    expect(() => run('DeleteStack', { StackName: 'stack-x', ClientRequestToken: 't' })).toThrow('A client request token already exists');
  });

  test.each([
    ['', 'greater than or equal to 1'],
    ['t'.repeat(129), 'less than or equal to 128'],
    ['-t', '[a-zA-Z0-9][-a-zA-Z0-9]*'],
    ['t_t', '[a-zA-Z0-9][-a-zA-Z0-9]*'],
  ])('the client request token %j is refused by every call that takes one', (ClientRequestToken, constraint) => {
    const { run } = fakeWorld();
    const refused = expect.objectContaining({ code: 'ValidationError', message: expect.stringContaining(constraint) });
    expect(() => run('CreateStack', create({ ClientRequestToken }))).toThrow(refused);
    run('CreateStack', create({ ClientRequestToken: `t-${'t'.repeat(126)}` }));
    for (const operation of ['UpdateStack', 'DeleteStack']) {
      expect(() => run(operation, create({ ClientRequestToken }))).toThrow(refused);
    }
    expect(() => run('CreateStackSet', { StackSetName: 'readers', TemplateBody: oneRole, ClientRequestToken })).toThrow(refused);
  });
});

describe('reading stacks', () => {
  test('a deleted stack is found by id only, and its name is free again', async () => {
    const { world, run } = fakeWorld();
    const { StackId } = run('CreateStack', create());
    run('DeleteStack', { StackName: 'stack-x' });
    await settled(world, 'DELETE_COMPLETE');
    expect(() => run('DescribeStacks', { StackName: 'stack-x' })).toThrow('Stack with id stack-x does not exist');
    expect(run('DescribeStacks', { StackName: StackId }).Stacks).toMatchObject([{ StackStatus: 'DELETE_COMPLETE' }]);
    expect(run('DescribeStacks', {}).Stacks).toEqual([]);
    expect(run('CreateStack', create()).StackId).not.toBe(StackId);
  });

  test("another account's stack does not exist", () => {
    const { run } = fakeWorld();
    const { StackId } = run('CreateStack', create());
    expect(() => run('DescribeStacks', { StackName: StackId }, administrator('444455556666'))).toThrow('does not exist');
  });

  test('D4: events come newest first and in pages, none lost when new ones arrive between pages', async () => {
    const { world, run } = fakeWorld();
    run('CreateStack', create());
    await settled(world, 'CREATE_COMPLETE');
    const stack = stackOf(world);
    for (let n = 0; n < 150; n++) stack.events.push({ ...stack.events[0]!, id: `extra-${n}` });
    const expected = stack.events.map(({ id }) => id).toReversed();
    type Page = { StackEvents: { EventId: string }[]; NextToken?: string };
    const first = run('DescribeStackEvents', { StackName: 'stack-x' }) as unknown as Page;
    stack.events.push({ ...stack.events[0]!, id: 'later' });
    const second = run('DescribeStackEvents', { StackName: 'stack-x', NextToken: first.NextToken }) as unknown as Page;
    expect(second.NextToken).toBeUndefined();
    expect([...first.StackEvents, ...second.StackEvents].map(({ EventId }) => EventId)).toEqual(expected);
  });
});
