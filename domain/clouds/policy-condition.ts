/**
 * The values of a context key (in lower case) in a real call of the role: an empty list if the call does not carry the key,
 * undefined if that is unknown.
 */
export type KnownContext = (key: string) => readonly string[] | undefined;

/** The Condition block of a policy statement: one or several values by operator and key. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Test = (expected: string, actual: string) => boolean;

const tests: Readonly<Record<string, { test: Test; negated?: true }>> = {
  stringequals: { test: (expected, actual) => expected === actual },
  stringnotequals: { test: (expected, actual) => expected === actual, negated: true },
  stringequalsignorecase: { test: isSameWord },
  stringnotequalsignorecase: { test: isSameWord, negated: true },
  stringlike: { test: isLike },
  stringnotlike: { test: isLike, negated: true },
  arnequals: { test: isArnLike },
  arnlike: { test: isArnLike },
  arnnotequals: { test: isArnLike, negated: true },
  arnnotlike: { test: isArnLike, negated: true },
  bool: { test: isSameWord },
};

/**
 * Evaluates a condition for a real call, as far as that is possible before the call. `holds` is null if it depends on
 * other context keys, which `unknown` names. If any part is known not to hold, the condition does not hold.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function judgeCondition(condition: PolicyCondition, known: KnownContext): { holds: boolean | null; unknown: string[] } {
  const unknown = new Set<string>();
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, expected] of Object.entries(keys)) {
      const holds = judgeKey(operator, known(key.toLowerCase()), listOf(expected).map(String));
      if (holds === false) return { holds, unknown: [] };
      if (holds === null) unknown.add(key);
    }
  }
  return { holds: unknown.size === 0 ? true : null, unknown: [...unknown] };
}

function judgeKey(operator: string, actual: readonly string[] | undefined, expected: readonly string[]): boolean | null {
  // An unknown key may be present or not, and a policy variable may have any value.
  if (!actual || expected.some((value) => value.includes('${'))) return null;
  const [, every, name, ifExists] = /^(?:(forallvalues|foranyvalue):)?(.+?)(ifexists)?$/.exec(operator.toLowerCase())!;
  if (name === 'null') return expected.includes(String(actual.length === 0));
  const known = tests[name!];
  if (!known) return null;
  // For an absent key, IAM says that a negated operator holds, except with ForAnyValue.
  if (actual.length === 0 && every !== 'forallvalues') return ifExists !== undefined || (known.negated === true && every === undefined);
  const meets = (value: string) => expected.some((one) => known.test(one, value)) !== (known.negated ?? false);
  return every === 'forallvalues' ? actual.every(meets) : actual.some(meets);
}

/** Reads one value or a list of values: policies allow both. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Matches a pattern in which `*` stands for any text and `?` for one character. */
export function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Matches part by part: a wildcard in one of the first five parts does not match the colon after it. */
function isArnLike(pattern: string, arn: string): boolean {
  const [patterns, parts] = [partsOf(pattern), partsOf(arn)];
  return patterns.length === parts.length && patterns.every((one, index) => isLike(one, parts[index]!));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

function isSameWord(expected: string, actual: string): boolean {
  return expected.toLowerCase() === actual.toLowerCase();
}
