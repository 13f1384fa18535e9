/**
 * Wildcards and policy variables
 * (reference_policies_elements_resource.html, reference_policies_variables.html).
 */
import type { Context } from './context.ts';

const compiled = new Map<string, RegExp>();
const maxKept = 20_000;

/** `*` matches any number of characters, `?` one. A NUL before a character (put there by substitution) makes it literal. */
export function matchesPattern(pattern: string, value: string, ignoreCase = false): boolean {
  const key = (ignoreCase ? 'i' : 's') + pattern;
  let regex = compiled.get(key);
  if (!regex) {
    const source = pattern.replace(
      /\u0000([\s\S])|([*?])|([.+^${}()|[\]\\/])/g,
      (_, literal: string | undefined, wild: string | undefined, special: string) => {
        if (literal !== undefined) return literal.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
        if (wild !== undefined) return wild === '*' ? '[\\s\\S]*' : '[\\s\\S]';
        return `\\${special}`;
      },
    );
    regex = new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
    if (compiled.size >= maxKept) compiled.clear();
    compiled.set(key, regex);
  }
  return regex.test(value);
}

/**
 * Replaces `${key}` and `${key, 'default'}` by the request's value. undefined when a key has no single value: then the
 * statement does not match ("If the key is not present or has several values, the whole statement does not apply").
 * A value's own wildcards stay literal, as `${*}`, `${?}` and `${$}` do. Variables exist in Version 2012-10-17 only; in
 * older documents they are literal text.
 */
export function substitute(text: string, context: Context, version: string | undefined): string | undefined {
  if (version !== '2012-10-17' || !text.includes('${')) return text;
  let missing = false;
  const result = text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner === '*' || inner === '?' || inner === '$') return literal(inner);
    const [name, fallback] = splitDefault(inner);
    const values = context.get(name.trim().toLowerCase());
    if (values?.length === 1) return literal(values[0]!);
    if (fallback !== undefined) return literal(fallback);
    missing = true;
    return '';
  });
  return missing ? undefined : result;
}

/** The keys of a text's `${key}` variables. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => splitDefault(match[1]!)[0].trim()).filter((name) => !/^[*?$]$/.test(name));
}

/** Marks every wildcard of a substituted value as a plain character. */
function literal(value: string): string {
  return value.replace(/[*?]/g, '\u0000$&');
}

/** For comparisons that know no wildcards. */
export function unmark(text: string): string {
  return text.replaceAll('\u0000', '');
}

function splitDefault(inner: string): [string, string | undefined] {
  const match = /^([^,]*),\s*'([^']*)'\s*$/.exec(inner);
  return match ? [match[1]!, match[2]!] : [inner, undefined];
}

/** Actions know no case (reference_policies_elements_action.html). */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern, action, true);
}

/**
 * ARNs are compared field by field, so that a `*` in one of the first five does not reach across colons
 * (reference_policies_elements_condition_operators.html, "ARN condition operators").
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const patternParts = splitArn(pattern);
  const arnParts = splitArn(arn);
  if (!patternParts || !arnParts) return matchesPattern(pattern, arn);
  return patternParts.every((part, index) => matchesPattern(part, arnParts[index]!));
}

function splitArn(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < 6) return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
