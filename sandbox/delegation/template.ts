/** Renders a partner's policy template (temporary-delegation-policy-templates.html). */
import type { PolicyDocument } from '../policy/document.ts';
import { invalidInput } from './errors.ts';
import type { PolicyParameter } from './state.ts';

/** The rendered policy becomes a session policy, whose limit this is, in characters. */
export const maxRenderedLength = 2048;

const placeholder = /@\{([^}]*)\}/g;

export interface RenderedPolicy {
  document: PolicyDocument;
  /** As minified JSON; the limit counts these characters. */
  text: string;
  /** The permissions boundaries that the policy's conditions name. */
  boundaryArns: string[];
}

/**
 * Fills in the parameters: `@{name}` in any value, a stringList expanding into several entries (a cross product with
 * others in the same value); a statement with `"@Enabled": "name"` (or `"!name"`) stays only if that parameter is (is not) "True".
 * @throws AwsError InvalidInput for missing or surplus parameters, or more than 2,048 characters.
 */
export function renderTemplate(template: string, parameters: PolicyParameter[]): RenderedPolicy {
  const values = checkParameters(template, parameters);
  const parsed = JSON.parse(template) as PolicyDocument;
  const statements = [parsed.Statement].flat() as unknown as Record<string, unknown>[];
  const kept = statements.filter((statement) => isEnabled(statement['@Enabled'], values));
  if (kept.length === 0) throw invalidInput('The policy template has no statement left with these parameters.');
  const rendered = kept.map(({ '@Enabled': _switch, ...statement }) => renderValue(statement, values));
  const document = { ...parsed, Statement: rendered } as PolicyDocument;
  const text = JSON.stringify(document);
  if (text.length > maxRenderedLength) {
    throw invalidInput(`The rendered policy has ${text.length} characters; at most ${maxRenderedLength} are allowed.`);
  }
  return { document, text, boundaryArns: boundariesOf(document) };
}

/** The names of the parameters that a template uses. */
export function templateParameters(template: string): Set<string> {
  const names = new Set([...template.matchAll(placeholder)].map((match) => match[1]!));
  for (const statement of [(JSON.parse(template) as PolicyDocument).Statement].flat() as unknown as Record<string, unknown>[]) {
    const enabled = statement['@Enabled'];
    if (typeof enabled === 'string') names.add(enabled.replace(/^!/, ''));
  }
  return names;
}

function checkParameters(template: string, parameters: PolicyParameter[]): Map<string, string[]> {
  const expected = templateParameters(template);
  const values = new Map<string, string[]>();
  for (const { Name, Values, Type } of parameters) {
    if (values.has(Name)) throw invalidInput(`The parameter ${Name} is given twice.`);
    if (!expected.has(Name)) throw invalidInput(`The policy template has no parameter ${Name}.`);
    if (Values.length === 0) throw invalidInput(`The parameter ${Name} has no value.`);
    if (Type === 'string' && Values.length > 1) throw invalidInput(`The parameter ${Name} is a string and takes one value.`);
    values.set(Name, Values);
  }
  const missing = [...expected].filter((name) => !values.has(name));
  if (missing.length > 0) throw invalidInput(`The policy template needs these parameters too: ${missing.join(', ')}.`);
  return values;
}

function isEnabled(condition: unknown, values: Map<string, string[]>): boolean {
  if (typeof condition !== 'string') return true;
  const negated = condition.startsWith('!');
  const isTrue = values.get(negated ? condition.slice(1) : condition)?.[0] === 'True';
  return negated ? !isTrue : isTrue;
}

function renderValue(value: unknown, values: Map<string, string[]>): unknown {
  if (typeof value === 'string') {
    const texts = renderText(value, values);
    return texts.length === 1 ? texts[0] : texts;
  }
  if (Array.isArray(value)) return value.flatMap((entry) => renderValue(entry, values));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renderValue(entry, values)]));
  }
  return value;
}

function renderText(text: string, values: Map<string, string[]>): string[] {
  const names = [...new Set([...text.matchAll(placeholder)].map((match) => match[1]!))];
  return names.reduce<string[]>(
    (texts, name) => texts.flatMap((partial) => values.get(name)!.map((value) => partial.replaceAll(`@{${name}}`, () => value))),
    [text],
  );
}

function boundariesOf(document: PolicyDocument): string[] {
  const arns = [document.Statement]
    .flat()
    .flatMap((statement) => Object.values(statement.Condition ?? {}))
    .flatMap((operands) => Object.entries(operands))
    .filter(([key]) => key.toLowerCase() === 'iam:permissionsboundary')
    .flatMap(([, value]) => value);
  return [...new Set(arns)];
}
