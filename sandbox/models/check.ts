/** Holds an input against its API model (API models of AWS; each service's own error says what is wrong). */
import type { ServiceName } from '../core/service-name.ts';
import { modelOf } from './index.ts';
import type { ModelShape, ServiceModel } from './index.ts';

export interface Problem {
  kind: 'required' | 'too-short' | 'too-long' | 'too-small' | 'too-large' | 'pattern' | 'enum';
  /** As AWS writes it: roleName, tags.1.member.key. */
  path: string;
  /** The last member of the path, as the model spells it. */
  member: string;
  /** undefined when it is not there. */
  value: unknown;
  shapeName: string;
  shape: ModelShape;
}

/** Everything in the input that the operation's model does not allow; unknown members are no problem, as AWS skips them. */
export function problemsOf(service: ServiceName, operation: string, input: Record<string, unknown>): Problem[] {
  const model = modelOf(service);
  const shapeName = model.operations[operation]?.input;
  if (shapeName === undefined) return [];
  const problems: Problem[] = [];
  visit(model, shapeName, input, '', '', problems);
  return problems;
}

function visit(model: ServiceModel, shapeName: string, value: unknown, path: string, member: string, problems: Problem[]): void {
  const shape = model.shapes[shapeName]!;
  const report = (kind: Problem['kind']): void => void problems.push({ kind, path, member, value, shapeName, shape });
  switch (shape.type) {
    case 'structure':
      if (typeof value === 'object' && value !== null) visitMembers(model, shape, value as Record<string, unknown>, path, problems);
      return;
    case 'list': {
      // An empty list travels as an empty string under the query protocol.
      const items = Array.isArray(value) ? value : value === '' ? [] : [value];
      if (items.length < (shape.min ?? 0)) report('too-short');
      if (items.length > (shape.max ?? Infinity)) report('too-long');
      for (const [index, item] of items.entries()) visit(model, shape.member!, item, `${path}.${index + 1}.member`, member, problems);
      return;
    }
    case 'map':
      if (typeof value !== 'object' || value === null) return;
      for (const [key, item] of Object.entries(value)) {
        visit(model, shape.key!, key, `${path}.key`, member, problems);
        visit(model, shape.value!, item, `${path}.${key}`, member, problems);
      }
      return;
    case 'string': {
      const text = String(value);
      if (text.length < (shape.min ?? 0)) report('too-short');
      if (text.length > (shape.max ?? Infinity)) report('too-long');
      if (shape.pattern !== undefined && !expression(shape.pattern).test(text)) report('pattern');
      if (shape.enum !== undefined && !shape.enum.includes(text)) report('enum');
      return;
    }
    case 'integer':
    case 'long':
      if (value === '') return;
      if (Number(value) < (shape.min ?? -Infinity)) report('too-small');
      if (Number(value) > (shape.max ?? Infinity)) report('too-large');
      return;
    default:
  }
}

function visitMembers(model: ServiceModel, shape: ModelShape, value: Record<string, unknown>, path: string, problems: Problem[]): void {
  for (const [name, shapeName] of Object.entries(shape.members!)) {
    const item = value[name];
    const at = `${path === '' ? '' : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    if (item !== undefined && item !== null) visit(model, shapeName, item, at, name, problems);
    else if (shape.required?.includes(name)) {
      problems.push({ kind: 'required', path: at, member: name, value: undefined, shapeName, shape: model.shapes[shapeName]! });
    }
  }
}

const expressions = new Map<string, RegExp>();

/** The models' patterns are Java's and hold for the whole value; a dot there matches no line break, as here. */
export function expression(pattern: string): RegExp {
  let known = expressions.get(pattern);
  if (!known) {
    known = new RegExp(`^(?:${pattern})$`, 'u');
    expressions.set(pattern, known);
  }
  return known;
}
