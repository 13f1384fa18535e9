import type { Call } from '../../core/service.ts';
import type { Input } from '../input.ts';
import { neededCapability, templateOf } from './source.ts';

/** ValidateTemplate: checks a template and says what it takes. */
export function validateTemplate(input: Input, call: Call): unknown {
  call.authorize('cloudformation:ValidateTemplate', '*');
  const { template } = templateOf(input);
  const capability = neededCapability(template);
  return {
    Description: template.description,
    Parameters: Object.entries(template.parameters).map(([key, { Default, Description, NoEcho }]) => ({
      ParameterKey: key,
      DefaultValue: Default === undefined ? undefined : String(Default),
      NoEcho: String(NoEcho) === 'true',
      Description,
    })),
    ...(capability === undefined
      ? {}
      : {
          Capabilities: [capability],
          CapabilitiesReason: `The following resource(s) require capabilities: [${iamTypes(template)}]`,
        }),
  };
}

function iamTypes(template: { resources: Record<string, { Type: string }> }): string {
  const types = Object.values(template.resources).map(({ Type }) => Type);
  return [...new Set(types.filter((type) => type.startsWith('AWS::IAM::')))].join(', ');
}
