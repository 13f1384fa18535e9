import { describe, expect, test } from 'vitest';
import { checkTemplate } from './check.ts';
import { evaluate } from './evaluate.ts';
import { creationOrder } from './order.ts';
import { parameterValue, resolveParameters } from './parameters.ts';
import { parseTemplateBody } from './parse.ts';
import { readTemplate } from './read.ts';
import { scopeOf, withoutUnmet } from './scope.ts';
import type { ParameterDeclaration } from './types.ts';

const stack = {
  id: 'arn:aws:cloudformation:us-east-1:111122223333:stack/s/1',
  name: 's',
  accountId: '111122223333',
  region: 'us-east-1',
  notificationArns: [],
  resources: new Map([
    [
      'Role',
      {
        logicalId: 'Role',
        type: 'AWS::IAM::Role',
        status: 'CREATE_COMPLETE' as const,
        changedAt: 0,
        physicalId: 'the-role',
        attributes: { Arn: 'arn:aws:iam::111122223333:role/the-role' },
        properties: {},
        steps: [],
      },
    ],
  ]),
};

const head = `
Parameters:
  Name: { Type: String, Default: n }
  Items: { Type: CommaDelimitedList, Default: 'a, b,c' }
  Port: { Type: Number, Default: 80 }
Mappings:
  Sizes: { small: { cpu: 1, list: [x, y] } }
Conditions:
  IsN: !Equals [!Ref Name, n]
  IsOther: !Equals [!Ref Name, other]
  Both: !And [!Condition IsN, !Not [!Condition IsOther]]
  Either: !Or [!Condition IsOther, !Equals ['80', !Ref Port]]
Resources:
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
`;

const template = readTemplate(head);
const scope = scopeOf(stack, template, resolveParameters(template, []));
/** Evaluates one YAML value in the template above. */
const value = (yaml: string): unknown => evaluate((parseTemplateBody(`v: ${yaml}`) as { v: unknown }).v, scope);

describe('the template language gives what AWS gives, or a stack that works here would fail there', () => {
  test.each([
    ['!Ref Name', 'n'],
    ['!Ref Items', ['a', 'b', 'c']],
    ['!Ref Port', '80'],
    ['!Ref Role', 'the-role'],
    ['!Ref AWS::Partition', 'aws'],
    ['!Ref AWS::Region', 'us-east-1'],
    ['!Ref AWS::AccountId', '111122223333'],
    ['!Ref AWS::URLSuffix', 'amazonaws.com'],
    ['!Ref AWS::StackName', 's'],
    ['!Ref AWS::StackId', stack.id],
    ['{ a: !Ref AWS::NoValue, b: [1, !Ref AWS::NoValue] }', { b: [1] }],
    ['!GetAtt Role.Arn', 'arn:aws:iam::111122223333:role/the-role'],
    ['{ Fn::GetAtt: [Role, Arn] }', 'arn:aws:iam::111122223333:role/the-role'],
    ['!Sub "${AWS::Partition}/${Name}/${Role}/${Role.Arn}/${!Kept}"', 'aws/n/the-role/arn:aws:iam::111122223333:role/the-role/${Kept}'],
    ['!Sub ["${X}-${Name}", { X: !Select [1, !Ref Items] }]', 'b-n'],
    ['!Sub ["${X}", { X: "${!NotAgain}" }]', '${NotAgain}'],
    ['!Join ["-", [a, !Ref Name]]', 'a-n'],
    ['!Join [",", !Ref Items]', 'a,b,c'],
    ['!Select [0, [x, y]]', 'x'],
    ['!Split ["|", "a|b"]', ['a', 'b']],
    ['!FindInMap [Sizes, small, cpu]', 1],
    ['!FindInMap [Sizes, small, list]', ['x', 'y']],
    ['!If [IsN, yes-it-is, no]', 'yes-it-is'],
    ['!If [IsOther, a, !Ref AWS::NoValue]', undefined],
    ['!If [Both, a, b]', 'a'],
    ['!If [Either, a, b]', 'a'],
    ['!Base64 hi', 'aGk='],
    // YAML 1.1, but dates stay text: a policy's Version must not become a time.
    ['2012-10-17', '2012-10-17'],
    ['Yes', true],
  ])('%s', (yaml, expected) => {
    expect(value(yaml)).toEqual(expected);
  });

  test.each([
    ['!Select [3, [a]]', 'Fn::Select cannot select nonexistent value at index 3'],
    ['!Join [a]', 'every Fn::Join object requires a list of 2 parameters'],
    ['!FindInMap [Sizes, big, cpu]', 'Unable to get mapping for Sizes::big::cpu'],
    ['!If [Unknown, a, b]', 'Unresolved condition dependency Unknown'],
    ['{ Fn::Nonsense: 1 }', 'Unrecognized intrinsic function: Fn::Nonsense'],
  ])('refuses %s', (yaml, message) => {
    expect(() => value(yaml)).toThrow(message);
  });

  test('JSON and YAML are read alike', () => {
    expect(parseTemplateBody('{"a": {"Fn::GetAtt": ["R", "A.B"]}}')).toEqual(parseTemplateBody('a: !GetAtt R.A.B'));
  });

  test('a resource whose condition is false is left out', () => {
    const conditional = readTemplate(
      `${head}  Gone: { Type: AWS::SNS::Topic, Condition: IsOther }\nOutputs:\n  O: { Value: 1, Condition: IsOther }`,
    );
    const met = withoutUnmet(conditional, scopeOf(stack, conditional, resolveParameters(conditional, [])));
    expect(Object.keys(met.resources)).toEqual(['Role']);
    expect(met.outputs).toEqual({});
  });
});

describe('the order of creation', () => {
  const role = (more: string): string => `{ Type: AWS::SNS::Topic, ${more} }`;

  test('follows DependsOn, Ref, Fn::GetAtt and Fn::Sub, or a resource would be made before what it needs', () => {
    const { resources } = readTemplate(`
Resources:
  A: ${role('Properties: { TopicName: !Ref B }')}
  B: ${role('Properties: { TopicName: !GetAtt C.TopicName }')}
  C: ${role('Properties: { TopicName: !Sub "x-${D.TopicName}" }')}
  D: ${role('DependsOn: [E]')}
  E: ${role('DependsOn: F')}
  F: { Type: AWS::SNS::Topic }`);
    expect(creationOrder(resources)).toEqual(['F', 'E', 'D', 'C', 'B', 'A']);
  });

  test('refuses a circle', () => {
    expect(() =>
      checkTemplate(
        readTemplate(`
Resources:
  A: ${role('Properties: { TopicName: !Ref B }')}
  B: ${role('Properties: { TopicName: !Ref A }')}`),
      ),
    ).toThrow('Circular dependency between resources: [A, B]');
  });
});

describe('a template is refused before anything is made', () => {
  const topic = 'T: { Type: AWS::SNS::Topic';
  test.each([
    ['not YAML', 'a: [', 'Template format error: YAML not well-formed. (line'],
    ['not JSON', '{"a"', 'Template format error: JSON not well-formed.'],
    ['an alias', 'Resources: &r {}\nOutputs: *r', 'YAML aliases are not allowed'],
    ['an unknown tag', 'Resources: !Foo x', 'YAML tag !Foo is not supported'],
    ['no object', 'text', 'unsupported structure'],
    ['no resources', 'Description: x', 'At least one Resources member must be defined.'],
    ['an unknown section', 'Resource: {}', 'Invalid template property or properties [Resource]'],
    ['a transform', 'Transform: AWS::Serverless-2016-10-31\nResources: {}', 'Invalid template property or properties [Transform]'],
    ['a wrong version', 'AWSTemplateFormatVersion: 2011\nResources: {}', 'unsupported value for AWSTemplateFormatVersion'],
    ['a resource without type', 'Resources: { T: {} }', '[/Resources/T] Every Resources object must contain a Type member.'],
    ['a bad logical id', 'Resources: { a-b: { Type: AWS::SNS::Topic } }', 'Resource name a-b is non alphanumeric.'],
    ['unknown types', 'Resources: { B: { Type: AWS::S3::Bucket } }', 'Unrecognized resource types: [AWS::S3::Bucket]'],
    [
      'an unknown Ref',
      `Resources: { ${topic}, Properties: { TopicName: !Ref X } } }`,
      'Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'an unknown name in Sub',
      `Resources: { ${topic}, Properties: { TopicName: !Sub "\${X}" } } }`,
      'Unresolved resource dependencies [X]',
    ],
    ['an unknown DependsOn', `Resources: { ${topic}, DependsOn: X } }`, 'Unresolved resource dependencies [X]'],
    [
      'an unknown attribute',
      `Resources: { ${topic} } }\nOutputs: { O: { Value: !GetAtt T.Nope } }`,
      'resource T does not support attribute type Nope in Fn::GetAtt',
    ],
    [
      'an unknown output reference',
      `Resources: { ${topic} } }\nOutputs: { O: { Value: !Ref X } }`,
      'Unresolved resource dependencies [X] in the Outputs block',
    ],
    ['an output without value', `Resources: { ${topic} } }\nOutputs: { O: {} }`, 'Output O is malformed'],
    ['an unknown condition', `Resources: { ${topic}, Condition: C } }`, 'Unresolved condition dependency C in the template'],
    [
      'conditions in a circle',
      `Conditions: { A: !Not [!Condition B], B: !Not [!Condition A] }\nResources: { ${topic} } }`,
      'Circular dependency between conditions',
    ],
    [
      'a condition on a resource',
      `Conditions: { A: !Equals [!Ref T, x] }\nResources: { ${topic} } }`,
      'Cannot reference resources in the Conditions block',
    ],
    ['more than 51,200 bytes', `Description: ${'x'.repeat(51_200)}`, 'Member must have length less than or equal to 51200'],
  ])('%s', (_, body, message) => {
    expect(() => checkTemplate(readTemplate(body))).toThrow(message);
  });
});

describe('parameters', () => {
  const resolve = (declaration: Partial<ParameterDeclaration>, given?: string) =>
    resolveParameters(
      { parameters: { P: { Type: 'String', ...declaration } }, mappings: {}, conditions: {}, resources: {}, outputs: {} },
      given === undefined ? [] : [{ ParameterKey: 'P', ParameterValue: given }],
    )[0]?.value;

  test.each<[Partial<ParameterDeclaration>, string | undefined, string]>([
    [{}, undefined, 'Parameters: [P] must have values'],
    [{ AllowedPattern: '[a-z]+' }, 'abc1', "Parameter 'P' must match pattern [a-z]+"],
    [{ AllowedPattern: '[a-z]+', ConstraintDescription: 'letters only' }, '1', 'Parameter P failed to satisfy constraint: letters only'],
    [{ AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    [{ MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
    [{ MaxLength: 2 }, 'abc', "Parameter 'P' must contain at most 2 characters"],
    [{ Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    [{ Type: 'Number', MinValue: 3600 }, '3599', "Parameter 'P' must be a number not less than 3600"],
    [{ Type: 'Number', MaxValue: 43_200 }, '43201', "Parameter 'P' must be a number not greater than 43200"],
    [{ Type: 'AWS::EC2::VPC::Id' }, 'vpc-1', 'Unrecognized parameter type: AWS::EC2::VPC::Id'],
  ])('%o refuses %s', (declaration, given, message) => {
    expect(() => resolve(declaration, given)).toThrow(message);
  });

  test('a surplus one is refused: a misspelt name must not fall back to a default in silence', () => {
    const none = { parameters: {}, mappings: {}, conditions: {}, resources: {}, outputs: {} };
    expect(() => resolveParameters(none, [{ ParameterKey: 'X', ParameterValue: '1' }])).toThrow(
      'Parameters: [X] do not exist in the template',
    );
  });

  test('defaults and bounds hold at their edges', () => {
    expect(resolve({ Default: 5 })).toBe('5');
    expect(resolve({ Type: 'Number', MinValue: 3600, MaxValue: 43_200 }, '3600')).toBe('3600');
    expect(resolve({ MaxLength: 2, MinLength: 2 }, 'ab')).toBe('ab');
    expect(parameterValue({ Type: 'CommaDelimitedList' }, '')).toEqual([]);
  });

  test('a previous value is kept on request', () => {
    const declared = { parameters: { P: { Type: 'String', NoEcho: true } }, mappings: {}, conditions: {}, resources: {}, outputs: {} };
    const previous = [{ key: 'P', value: 'secret', noEcho: true }];
    expect(resolveParameters(declared, [{ ParameterKey: 'P', UsePreviousValue: true }], previous)).toEqual(previous);
  });
});
