import { validationError } from '../errors.ts';
import type { StackParameter } from '../stack.ts';
import type { ParameterDeclaration, Template } from './types.ts';

/** A parameter of CreateStack or UpdateStack as it comes in. */
export interface GivenParameter {
  ParameterKey?: string;
  ParameterValue?: string;
  UsePreviousValue?: boolean | string;
}

const LIST_TYPES = new Set(['CommaDelimitedList', 'List<Number>', 'List<String>']);
const TYPES = new Set(['String', 'Number', ...LIST_TYPES]);

/**
 * The values of a template's parameters: given, previous (UpdateStack) or default, each checked against its declaration.
 * Throws ValidationError with AWS's sentences (User Guide, "Parameters").
 */
export function resolveParameters(template: Template, given: GivenParameter[], previous: StackParameter[] = []): StackParameter[] {
  const unknown = given.filter(({ ParameterKey }) => !Object.hasOwn(template.parameters, ParameterKey ?? ''));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.map((one) => one.ParameterKey).join(', ')}] do not exist in the template`);
  }
  const missing: string[] = [];
  const resolved = Object.entries(template.parameters).flatMap(([key, declaration]): StackParameter[] => {
    const value = valueOf(key, declaration, given, previous);
    if (value === undefined) {
      missing.push(key);
      return [];
    }
    return [{ key, value, noEcho: String(declaration.NoEcho) === 'true' }];
  });
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  for (const { key, value } of resolved) checkParameter(key, value, template.parameters[key]!);
  return resolved;
}

/** A parameter's value as functions see it: list types as lists of trimmed strings. */
export function parameterValue(declaration: ParameterDeclaration, value: string): string | string[] {
  if (!LIST_TYPES.has(declaration.Type)) return value;
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

function valueOf(key: string, declaration: ParameterDeclaration, given: GivenParameter[], previous: StackParameter[]): string | undefined {
  const one = given.find(({ ParameterKey }) => ParameterKey === key);
  if (String(one?.UsePreviousValue) === 'true') {
    const before = previous.find((parameter) => parameter.key === key);
    if (before === undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    return before.value;
  }
  if (one?.ParameterValue !== undefined) return one.ParameterValue;
  return declaration.Default === undefined ? undefined : String(declaration.Default);
}

function checkParameter(key: string, value: string, declaration: ParameterDeclaration): void {
  const { Type, AllowedPattern, AllowedValues, MinLength, MaxLength, MinValue, MaxValue, ConstraintDescription } = declaration;
  const refuse = (message: string): never => {
    throw validationError(
      ConstraintDescription === undefined
        ? `Parameter '${key}' ${message}`
        : `Parameter ${key} failed to satisfy constraint: ${ConstraintDescription}`,
    );
  };
  if (!TYPES.has(Type)) throw validationError(`Template format error: Unrecognized parameter type: ${Type}`);
  const items = [parameterValue(declaration, value)].flat();
  if (Type === 'Number' || Type === 'List<Number>') {
    for (const item of items) {
      if (item.trim() === '' || Number.isNaN(Number(item))) throw validationError(`Parameter '${key}' must be a number`);
      if (MinValue !== undefined && Number(item) < Number(MinValue)) refuse(`must be a number not less than ${String(MinValue)}`);
      if (MaxValue !== undefined && Number(item) > Number(MaxValue)) refuse(`must be a number not greater than ${String(MaxValue)}`);
    }
  }
  if (MinLength !== undefined && value.length < Number(MinLength)) refuse(`must contain at least ${String(MinLength)} characters`);
  if (MaxLength !== undefined && value.length > Number(MaxLength)) refuse(`must contain at most ${String(MaxLength)} characters`);
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) refuse(`must match pattern ${AllowedPattern}`);
  if (AllowedValues !== undefined && !items.every((item) => AllowedValues.map(String).includes(item))) {
    refuse(`must be one of AllowedValues`);
  }
}
