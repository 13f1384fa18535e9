import { AwsError } from '../../core/aws-error.ts';
import { validationError } from '../errors.ts';
import { flag, list, text } from '../input.ts';
import type { Input } from '../input.ts';
import { handlers } from '../resources/registry.ts';
import type { StackTag } from '../stack.ts';
import { checkTemplate } from '../template/check.ts';
import { readTemplate } from '../template/read.ts';
import type { Template } from '../template/types.ts';

/** Reads and checks the template of a call. `previous` is what UsePreviousTemplate means. Throws ValidationError. */
export function templateOf(input: Input, previous?: string): { body: string; template: Template } {
  if (text(input, 'TemplateURL') !== undefined) {
    throw validationError('TemplateURL must reference a valid S3 object to which you have access.');
  }
  const body = flag(input, 'UsePreviousTemplate') ? previous : text(input, 'TemplateBody');
  if (body === undefined || body === '') throw validationError('Either Template URL or Template Body must be specified.');
  const template = readTemplate(body);
  checkTemplate(template);
  return { body, template };
}

/**
 * The capability that a template needs, if any: IAM resources need one, and those with names of their own the stronger
 * one (User Guide, "Acknowledging IAM resources in CloudFormation templates").
 */
export function neededCapability(template: Template): 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | undefined {
  const iam = Object.values(template.resources).filter(({ Type }) => handlers.get(Type)!.iamName !== undefined);
  if (iam.length === 0) return undefined;
  const isNamed = iam.some(({ Type, Properties }) => {
    const property = handlers.get(Type)!.iamName;
    return typeof property === 'string' && Properties?.[property] !== undefined;
  });
  return isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
}

/** Throws InsufficientCapabilitiesException unless the call acknowledges what its template needs. */
export function requireCapabilities(template: Template, given: string[]): void {
  const needed = neededCapability(template);
  if (needed === undefined || given.includes('CAPABILITY_NAMED_IAM') || given.includes(needed)) return;
  throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${needed}]`, 400);
}

/** The call's tags. Throws ValidationError for more than 50, for keys of AWS's own, and for double ones. */
export function stackTagsOf(input: Input): StackTag[] {
  const tags = list<StackTag>(input, 'Tags').map(({ Key, Value }) => ({ Key, Value }));
  if (tags.length > 50) throw validationError('Only 50 tags are allowed per stack');
  if (tags.some(({ Key }) => Key.startsWith('aws:')))
    throw validationError('aws: prefixed tag key names are not allowed for external use.');
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw validationError('Duplicate tag keys are not allowed');
  return tags;
}

/** Refuses RoleARN: the sandbox's CloudFormation has no service roles, every operation runs with its caller's session. */
export function refuseServiceRole(input: Input): void {
  const role = text(input, 'RoleARN');
  if (role !== undefined) throw validationError(`Role ${role} is invalid or cannot be assumed`);
}
