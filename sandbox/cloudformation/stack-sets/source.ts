/** The common input of CreateStackSet and UpdateStackSet: template, parameters, tags, capabilities, deployment. */
import { requireCapabilities, stackTagsOf, templateOf } from '../operations/source.ts';
import { validationError } from '../errors.ts';
import { flag, list, text } from '../input.ts';
import type { Input } from '../input.ts';
import type { StackSource } from '../stack.ts';
import { resolveParameters } from '../template/parameters.ts';
import type { GivenParameter } from '../template/parameters.ts';
import type { StackSet } from './state.ts';

/** Macros and nested stacks are refused with every template that has them (CloudFormation User Guide, "Understand CloudFormation quotas"). Throws ValidationError or InsufficientCapabilitiesException. */
export function readSource(input: Input, previous?: StackSet): { source: StackSource; capabilities: string[] } {
  // UpdateStackSet without a template keeps the present one.
  const keeps = previous !== undefined && input.TemplateBody === undefined && input.TemplateURL === undefined;
  const { body, template } = templateOf(keeps ? { ...input, UsePreviousTemplate: true } : input, previous?.source.templateBody);
  const parameters = resolveParameters(template, list<GivenParameter>(input, 'Parameters'), previous?.source.parameters);
  const capabilities = list<string>(input, 'Capabilities');
  requireCapabilities(template, capabilities);
  // "If you don't specify this parameter, CloudFormation doesn't modify the tags."
  const tags = previous !== undefined && input.Tags === undefined ? previous.source.tags : stackTagsOf(input);
  return { source: { templateBody: body, parameters, tags }, capabilities };
}

/** "Required if the permissions model is SERVICE_MANAGED. (Not used with self-managed permissions.)" Throws ValidationError. */
export function readAutoDeployment(input: Input, model: StackSet['permissionModel']): StackSet['autoDeployment'] {
  const given = input.AutoDeployment as Input | undefined;
  if (model === 'SELF_MANAGED') {
    if (given !== undefined) throw validationError('AutoDeployment is not valid with SELF_MANAGED permission model');
    return undefined;
  }
  if (given === undefined) throw validationError('AutoDeployment must be specified with SERVICE_MANAGED permission model');
  const enabled = flag(given, 'Enabled');
  if (!enabled && given.RetainStacksOnAccountRemoval !== undefined) {
    throw validationError('RetainStacksOnAccountRemoval can only be specified if AutoDeployment is enabled');
  }
  return { enabled, retainStacksOnAccountRemoval: flag(given, 'RetainStacksOnAccountRemoval') };
}

/** Roles are for the self-managed model only. Throws ValidationError. */
export function readRoles(input: Input, model: StackSet['permissionModel']): Pick<StackSet, 'administrationRoleArn' | 'executionRoleName'> {
  const administrationRoleArn = text(input, 'AdministrationRoleARN');
  const executionRoleName = text(input, 'ExecutionRoleName');
  if (model === 'SERVICE_MANAGED' && (administrationRoleArn ?? executionRoleName) !== undefined) {
    throw validationError('AdministrationRoleARN and ExecutionRoleName are valid only if the permissions model is SELF_MANAGED');
  }
  return {
    ...(administrationRoleArn === undefined ? {} : { administrationRoleArn }),
    ...(executionRoleName === undefined ? {} : { executionRoleName }),
  };
}

export function readManagedExecution(input: Input): boolean {
  return flag((input.ManagedExecution ?? {}) as Input, 'Active');
}
