/**
 * Permissions beside that on the stack set itself: the accounts and units that instances go to, the resource types that come
 * with them, and tags. An action is denied when any one of its resources is (Service Authorization Reference,
 * "Actions, resources, and condition keys for AWS CloudFormation").
 */
import { partitionOf } from '../../core/regions.ts';
import type { Call } from '../../core/service.ts';
import type { StackTag } from '../stack.ts';
import { readTemplate } from '../template/read.ts';
import type { StackSet } from './state.ts';

/**
 * CreateStackSet knows no resource, only the tags of the request; with tags, "CloudFormation checks to see if you have the
 * required IAM permission to tag resources" (API model, CreateStackSet, Tags). Throws AccessDenied.
 */
export function requireCreation(call: Call, arn: string, tags: readonly StackTag[]): void {
  const context = tagContext(tags);
  call.authorize('cloudformation:CreateStackSet', '*', context);
  if (tags.length > 0) call.authorize('cloudformation:TagResource', arn, { ...context, 'cloudformation:CreateAction': 'CreateStackSet' });
}

/**
 * CreateStack, and cloudformation:TagResource with it if the request has tags: its key cloudformation:CreateAction is for
 * that case. AWS does not say whether it asks; the sandbox asks, so that a policy without it is noticed. Throws AccessDenied.
 */
export function requireStackCreation(call: Call, arn: string, tags: readonly StackTag[]): void {
  const context = tagContext(tags);
  call.authorize('cloudformation:CreateStack', arn, context);
  if (tags.length > 0) call.authorize('cloudformation:TagResource', arn, { ...context, 'cloudformation:CreateAction': 'CreateStack' });
}

/**
 * Creating, updating and deleting instances is asked for each target and for each resource type of the template, in each
 * Region (User Guide, "Controlling access with IAM", sample policy of a service-managed stack set, which has
 * `arn:aws:cloudformation:*:*:type/resource/…`). Throws AccessDenied.
 */
export function requireTargets(call: Call, set: StackSet, targets: readonly string[], regions: readonly string[]): void {
  const action = `cloudformation:${call.operation}`;
  const context = { 'cloudformation:TargetRegion': [...regions] };
  const partition = partitionOf(set.region);
  for (const target of targets) {
    call.authorize(action, `arn:${partition}:cloudformation:${set.region}:${set.accountId}:stackset-target/${set.id}/${target}`, context);
  }
  const types = new Set(Object.values(readTemplate(set.source.templateBody).resources).map(({ Type }) => Type.replaceAll('::', '-')));
  for (const region of regions) {
    for (const type of types)
      call.authorize(action, `arn:${partition}:cloudformation:${region}:${set.accountId}:type/resource/${type}`, context);
  }
}

function tagContext(tags: readonly StackTag[]): Record<string, string | string[]> {
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    ...(tags.length > 0 ? { 'aws:TagKeys': tags.map(({ Key }) => Key) } : {}),
  };
}
