/** The common input of the two simulations. */
import type { Fields } from '../../core/fields.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import { makeContext } from '../../policy/context.ts';
import type { Context } from '../../policy/context.ts';
import { checkPolicy } from '../grammar.ts';
import { readPage } from '../rules.ts';
import type { SourcePolicy } from './policies.ts';

export interface SimulationInput {
  actions: string[];
  /** `['*']` when the caller named none. */
  resources: string[];
  context: Context;
  /** Policies of PolicyInputList, under the names that the answer gives them. */
  given: SourcePolicy[];
  boundary?: PolicyDocument;
  page: { marker: string | undefined; maxItems: number };
}

interface ContextEntry {
  ContextKeyName?: string;
  ContextKeyValues?: string[] | '';
}

/** Throws ValidationError for lengths, InvalidInput for what makes no sense, PolicyEvaluation for a policy that is none. */
export function readSimulation(fields: Fields): SimulationInput {
  const actions = fields.list('ActionNames');
  const resources = fields.list('ResourceArns');
  const entries = fields.list<ContextEntry>('ContextEntries');
  const documents = fields.list('PolicyInputList');
  const boundaries = fields.list('PermissionsBoundaryPolicyInputList');
  const page = readPage(fields);
  // The sandbox has no policies of resources to add; for roles AWS has no such simulation either (API model, ResourcePolicy).
  for (const name of ['ResourcePolicy', 'ResourceOwner', 'ResourceHandlingOption']) {
    if (fields.text(name) !== undefined) throw invalid(`The sandbox does not simulate with ${name}.`);
  }
  fields.check();
  if (actions.length === 0) throw tooShort('actionNames');
  for (const action of actions) checkAction(action);
  for (const resource of resources) {
    if (resource !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+$/.test(resource)) throw invalid(`Invalid resource ARN: ${resource}`);
  }
  if (boundaries.length > 1) throw invalid('You can input only one permissions boundary.');
  return {
    actions,
    resources: resources.length === 0 ? ['*'] : resources,
    context: contextOf(entries),
    given: documents.map((text, index) => ({ id: `PolicyInputList.${index + 1}`, type: 'none', document: readPolicy(text) })),
    ...(boundaries[0] === undefined ? {} : { boundary: readPolicy(boundaries[0]) }),
    page,
  };
}

/** "Each operation must include the service identifier"; 3 to 128 characters (API model). AWS does not say whether it takes wildcards, so they are refused. */
function checkAction(action: string): void {
  if (action.length < 3 || action.length > 128) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '[${action}]' at 'actionNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 3]`,
    );
  }
  if (!/^[a-z0-9-]+:[A-Za-z0-9]+$/i.test(action)) throw invalid(`Invalid Action: ${action}`);
}

/** Only what the caller supplies: nothing is known of the request that he has in mind. */
function contextOf(entries: readonly ContextEntry[]): Context {
  const keys = entries.map(({ ContextKeyName = '', ContextKeyValues = [] }): [string, string[]] => {
    if (ContextKeyName.length < 5 || ContextKeyName.length > 256) {
      throw new AwsError(
        'ValidationError',
        `1 validation error detected: Value '${ContextKeyName}' at 'contextEntries.member.contextKeyName' failed to satisfy constraint: Member must have length between 5 and 256`,
      );
    }
    return [ContextKeyName, ContextKeyValues === '' ? [] : ContextKeyValues];
  });
  return makeContext(Object.fromEntries(keys));
}

/** "A provided policy could not be successfully evaluated" (API model, PolicyEvaluationException, 500). */
function readPolicy(text: string): PolicyDocument {
  try {
    return checkPolicy(text, 'identity');
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('PolicyEvaluation', error.message, 500);
    throw error;
  }
}

function tooShort(member: string): AwsError {
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInput', message);
}
