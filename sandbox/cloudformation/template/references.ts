/** A name that a value refers to, with the attribute when it is one of Fn::GetAtt. */
export interface Reference {
  name: string;
  attribute?: string;
}

const PLACEHOLDER = /\$\{([^!][^}]*)\}/g;

/** Splits a Fn::Sub string's placeholders from its text: `${A.B}` refers to attribute B of A. */
export function placeholdersOf(text: string): Reference[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => toReference(match[1]!.trim()));
}

/** Everything that a value refers to by Ref, Fn::GetAtt or Fn::Sub, at any depth and under any condition. */
export function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Ref' && typeof argument === 'string') return [{ name: argument }];
  if (entries.length === 1 && key === 'Fn::GetAtt') return getAttReference(argument);
  if (entries.length === 1 && key === 'Fn::Sub') return subReferences(argument);
  return entries.flatMap(([, inner]) => referencesIn(inner));
}

/** The resource and attribute of a Fn::GetAtt, in either of its forms. */
export function getAttReference(argument: unknown): Reference[] {
  if (typeof argument === 'string') return [toReference(argument)];
  if (Array.isArray(argument) && typeof argument[0] === 'string') {
    return [{ name: argument[0], attribute: String(argument[1] ?? '') }, ...referencesIn(argument.slice(1))];
  }
  return [];
}

function subReferences(argument: unknown): Reference[] {
  const [text, variables] = Array.isArray(argument) ? (argument as [unknown, unknown]) : [argument, undefined];
  if (typeof text !== 'string') return [];
  const own = new Set(Object.keys((variables as object | undefined) ?? {}));
  return [...placeholdersOf(text).filter(({ name, attribute }) => attribute !== undefined || !own.has(name)), ...referencesIn(variables)];
}

function toReference(path: string): Reference {
  const dot = path.indexOf('.');
  return dot < 0 ? { name: path } : { name: path.slice(0, dot), attribute: path.slice(dot + 1) };
}
