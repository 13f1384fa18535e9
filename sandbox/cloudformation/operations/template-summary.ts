import type { Call } from '../../core/service.ts';
import { text } from '../input.ts';
import type { Input } from '../input.ts';
import { readTemplate } from '../template/read.ts';
import { requireStack } from './find.ts';
import { neededCapability, templateOf } from './source.ts';

/** GetTemplateSummary: the parameters, resource types and capabilities of a template, or of a stack's. */
export function getTemplateSummary(input: Input, call: Call): unknown {
  const nameOrId = text(input, 'StackName');
  if (nameOrId === undefined) call.authorize('cloudformation:GetTemplateSummary', '*');
  const template = nameOrId === undefined ? templateOf(input).template : readTemplate(requireStack(call, nameOrId).source.templateBody);
  const capability = neededCapability(template);
  return {
    Description: template.description,
    Parameters: Object.entries(template.parameters).map(([key, { Type, Default, Description, NoEcho }]) => ({
      ParameterKey: key,
      ParameterType: Type,
      DefaultValue: Default === undefined ? undefined : String(Default),
      NoEcho: String(NoEcho) === 'true',
      Description,
    })),
    ResourceTypes: [...new Set(Object.values(template.resources).map(({ Type }) => Type))],
    ...(capability === undefined ? {} : { Capabilities: [capability] }),
  };
}
