/**
 * Reads an operation's input by the bounds of its API model and refuses it as AWS does: every bad member named at once,
 * in the sentences of AWS's common validator, as ValidationError 400.
 */
import { AwsError } from './aws-error.ts';

export interface TextRule {
  required?: boolean;
  /** Characters. */
  min?: number;
  max?: number;
  /** The model's pattern, without anchors. */
  pattern?: RegExp;
  /** One of these. */
  values?: readonly string[];
}

export interface NumberRule {
  required?: boolean;
  min?: number;
  max?: number;
}

export interface Fields {
  text(name: string, rule: TextRule & { required: true }): string;
  text(name: string, rule?: TextRule): string | undefined;
  integer(name: string, rule: NumberRule & { required: true }): number;
  integer(name: string, rule?: NumberRule): number | undefined;
  boolean(name: string): boolean | undefined;
  /** An empty list travels as an empty string under the query protocol. */
  list<T = string>(name: string, rule?: { max?: number }): T[];
  /** Throws when any member was bad. Until then a bad required member reads as '' or 0. */
  check(): void;
}

export function readFields(input: Record<string, unknown>): Fields {
  const problems: string[] = [];
  const bad = (name: string, value: unknown, constraint: string): void => {
    const shown = value === undefined ? 'null' : `'${String(value)}'`;
    const at = name.charAt(0).toLowerCase() + name.slice(1);
    problems.push(`Value ${shown} at '${at}' failed to satisfy constraint: Member must ${constraint}`);
  };

  const text = (name: string, rule: TextRule = {}): string | undefined => {
    const value = input[name];
    if (value === undefined || value === null) {
      if (rule.required) bad(name, undefined, 'not be null');
      return rule.required ? '' : undefined;
    }
    const string = String(value);
    if (rule.min !== undefined && string.length < rule.min) bad(name, string, `have length greater than or equal to ${rule.min}`);
    if (rule.max !== undefined && string.length > rule.max) bad(name, string, `have length less than or equal to ${rule.max}`);
    if (rule.pattern && !new RegExp(`^(?:${rule.pattern.source})$`, rule.pattern.flags).test(string)) {
      bad(name, string, `satisfy regular expression pattern: ${rule.pattern.source}`);
    }
    if (rule.values && !rule.values.includes(string)) bad(name, string, `satisfy enum value set: [${rule.values.join(', ')}]`);
    return string;
  };

  const integer = (name: string, rule: NumberRule = {}): number | undefined => {
    const value = input[name];
    if (value === undefined || value === null || value === '') {
      if (rule.required) bad(name, undefined, 'not be null');
      return rule.required ? 0 : undefined;
    }
    const number = Number(value);
    if (!Number.isInteger(number)) {
      throw new AwsError('MalformedInput', `Invalid value for ${name}: an integer is expected.`);
    }
    if (rule.min !== undefined && number < rule.min) bad(name, number, `have value greater than or equal to ${rule.min}`);
    if (rule.max !== undefined && number > rule.max) bad(name, number, `have value less than or equal to ${rule.max}`);
    return number;
  };

  return {
    text: text as Fields['text'],
    integer: integer as Fields['integer'],
    boolean(name) {
      const value = input[name];
      if (value === undefined || value === null || value === '') return undefined;
      return value === true || value === 'true';
    },
    list<T>(name: string, rule: { max?: number } = {}) {
      const value = input[name];
      if (value === undefined || value === null || value === '') return [];
      const items = Array.isArray(value) ? (value as T[]) : [value as T];
      if (rule.max !== undefined && items.length > rule.max)
        bad(name, `${items.length} items`, `have length less than or equal to ${rule.max}`);
      return items;
    },
    check() {
      if (problems.length === 0) return;
      const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
      throw new AwsError('ValidationError', `${count} detected: ${problems.join('; ')}`);
    },
  };
}
