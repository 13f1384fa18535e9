import { validationError } from '../errors.ts';
import { getAttReference } from './references.ts';
import type { Template } from './types.ts';

/** The context in which functions are evaluated. */
export interface Scope {
  template: Template;
  /** Parameters and pseudo parameters by name; undefined stands for AWS::NoValue's absence from this map. */
  values: Map<string, string | string[]>;
  /** A resource that exists already: its physical id, or one of its attributes. Throws ValidationError when it has none such. */
  resource(logicalId: string, attribute?: string): string;
}

/** The value of AWS::NoValue: the property or list item that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

type Evaluate = (argument: unknown, scope: Scope) => unknown;

/**
 * Evaluates a template value: every intrinsic function is replaced by what it gives
 * (User Guide, "Intrinsic function reference"). Throws ValidationError "Template error: …" on wrong use.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  const result = evaluateInner(value, scope);
  return result === NO_VALUE ? undefined : result;
}

/** Whether the template's condition of that name holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  if (!Object.hasOwn(scope.template.conditions, name)) {
    throw validationError(`Template format error: Unresolved condition dependency ${name} in the template`);
  }
  return evaluateInner(scope.template.conditions[name], scope) === true;
}

function evaluateInner(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluateInner(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const name = entries.find(([key]) => key === 'Ref' || key.startsWith('Fn::'))?.[0];
  if (name !== undefined && entries.length === 1) {
    const evaluateFunction = FUNCTIONS[name];
    if (evaluateFunction === undefined) throw validationError(`Template format error: Unrecognized intrinsic function: ${name}`);
    return evaluateFunction(entries[0]![1], scope);
  }
  if (name?.startsWith('Fn::')) throw validationError(`Template error: ${name} must be the only key of its object`);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, evaluateInner(inner, scope)]).filter(([, inner]) => inner !== NO_VALUE),
  ) as unknown;
}

const FUNCTIONS: Record<string, Evaluate> = {
  Ref: (argument, scope) => reference(String(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [target] = getAttReference(argument);
    if (target === undefined) throw validationError('Template error: every Fn::GetAtt object requires two non-empty parameters');
    const attribute = Array.isArray(argument) ? String(evaluateInner(argument[1], scope)) : target.attribute;
    return scope.resource(target.name, attribute);
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::Join': (argument, scope) => {
    const [delimiter, items] = args('Fn::Join', argument, 2);
    return listOf('Fn::Join', items, scope).map(String).join(String(delimiter));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = args('Fn::Select', argument, 2);
    const values = listOf('Fn::Select', items, scope);
    const at = Number(evaluateInner(index, scope));
    if (!Number.isInteger(at) || at < 0 || at >= values.length) {
      throw validationError(`Template error: Fn::Select cannot select nonexistent value at index ${at}`);
    }
    return values[at];
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, text] = args('Fn::Split', argument, 2);
    return String(evaluateInner(text, scope)).split(String(delimiter));
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = args('Fn::FindInMap', argument, 3).map((part) => String(evaluateInner(part, scope)));
    const found = scope.template.mappings[map!]?.[first!]?.[second!];
    if (found === undefined) {
      throw validationError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
    }
    return found;
  },
  'Fn::Base64': (argument, scope) => Buffer.from(String(evaluateInner(argument, scope))).toString('base64'),
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = args('Fn::If', argument, 3);
    return evaluateInner(conditionHolds(String(condition), scope) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = args('Fn::Equals', argument, 2).map((side) => evaluateInner(side, scope));
    return JSON.stringify(asText(left)) === JSON.stringify(asText(right));
  },
  'Fn::And': (argument, scope) => operands('Fn::And', argument).every((one) => truth(one, scope)),
  'Fn::Or': (argument, scope) => operands('Fn::Or', argument).some((one) => truth(one, scope)),
  'Fn::Not': (argument, scope) => !truth(args('Fn::Not', argument, 1)[0], scope),
};

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  return scope.values.get(name) ?? scope.resource(name);
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? args('Fn::Sub', argument, 2) : [argument, {}];
  if (typeof text !== 'string')
    throw validationError("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.");
  const own = variables as Record<string, unknown>;
  return text
    .replaceAll(/\$\{([^!][^}]*)\}/g, (_, path: string) => {
      const name = path.trim();
      if (Object.hasOwn(own, name)) return String(evaluateInner(own[name], scope));
      if (scope.values.has(name)) return String(scope.values.get(name));
      const dot = name.indexOf('.');
      return dot < 0 ? scope.resource(name) : scope.resource(name.slice(0, dot), name.slice(dot + 1));
    })
    .replaceAll(/\$\{!([^}]*)\}/g, '${$1}');
}

function truth(value: unknown, scope: Scope): boolean {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 1 && keys[0] === 'Condition') return conditionHolds(String((value as { Condition: unknown }).Condition), scope);
  return evaluateInner(value, scope) === true;
}

/** Conditions compare texts: a template's `true` equals a parameter's "true". */
function asText(value: unknown): unknown {
  return typeof value === 'object' ? value : String(value);
}

function args(name: string, argument: unknown, count: number): unknown[] {
  if (!Array.isArray(argument) || argument.length !== count) {
    throw validationError(`Template error: every ${name} object requires a list of ${count} parameter${count === 1 ? '' : 's'}`);
  }
  return argument;
}

/** Fn::And and Fn::Or take 2 to 10 conditions (User Guide, "Condition functions"). */
function operands(name: string, argument: unknown): unknown[] {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw validationError(`Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`);
  }
  return argument;
}

function listOf(name: string, value: unknown, scope: Scope): unknown[] {
  const items = evaluateInner(value, scope);
  if (!Array.isArray(items)) throw validationError(`Template error: every ${name} object requires a list of values`);
  return items;
}
