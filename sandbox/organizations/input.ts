/** Reads Organizations' inputs by the patterns of its API model; what does not fit is InvalidInputException with its reason. */
import { invalidInput } from './errors.ts';

/** Patterns of the model's documentation, one for each kind of id. */
export const patterns = {
  account: /^\d{12}$/,
  root: /^r-[0-9a-z]{4,32}$/,
  unit: /^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/,
  parent: /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  child: /^(\d{12}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  target: /^(r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
  policy: /^p-[0-9a-zA-Z_]{8,128}$/,
  taggable: /^(r-[0-9a-z]{4,32}|\d{12}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|p-[0-9a-zA-Z_]{8,128}|rp-[0-9a-zA-Z_]{4,128})$/,
  creation: /^car-[0-9a-z]{8,32}$/,
  servicePrincipal: /^[\w+=,.@-]{1,128}$/,
  roleName: /^[\w+=,.@-]{1,64}$/,
} as const;

export type Input = Record<string, unknown>;

/** A member that has to be there. Throws InvalidInputException: INPUT_REQUIRED or INVALID_PATTERN. */
export function requiredText(input: Input, name: string, pattern?: RegExp): string {
  const value = optionalText(input, name, pattern);
  if (value === undefined) throw invalidInput('INPUT_REQUIRED', `You must provide a value for ${name}.`);
  return value;
}

/** Throws InvalidInputException: INVALID_PATTERN. */
export function optionalText(input: Input, name: string, pattern?: RegExp): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || (pattern && !pattern.test(value))) {
    throw invalidInput('INVALID_PATTERN', `You provided a value for ${name} that does not match the required pattern.`);
  }
  return value;
}

/** Throws InvalidInputException: INPUT_REQUIRED, MIN_LENGTH_EXCEEDED or MAX_LENGTH_EXCEEDED. */
export function requiredName(input: Input, name: string, max: number, min = 1): string {
  const value = requiredText(input, name);
  if (value.length < min) throw invalidInput('MIN_LENGTH_EXCEEDED', `${name} must have at least ${min} characters.`);
  if (value.length > max) throw invalidInput('MAX_LENGTH_EXCEEDED', `${name} must have at most ${max} characters.`);
  return value;
}

/** Throws InvalidInputException: INPUT_REQUIRED or INVALID_ENUM. */
export function requiredEnum<T extends string>(input: Input, name: string, values: readonly T[], reason = 'INVALID_ENUM'): T {
  const value = requiredText(input, name);
  if (!(values as readonly string[]).includes(value)) throw invalidInput(reason, `You provided a value for ${name} that is not valid.`);
  return value as T;
}

/** MaxResults of every listing: 1 to 20 (API model). Throws InvalidInputException: MIN_VALUE_EXCEEDED or MAX_VALUE_EXCEEDED. */
export function readMaxResults(input: Input): number {
  const value = input.MaxResults;
  if (value === undefined || value === null) return 20;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalidInput('INVALID_PATTERN', 'MaxResults must be a whole number.');
  if (value < 1) throw invalidInput('MIN_VALUE_EXCEEDED', 'You provided a value for MaxResults that is less than 1.');
  if (value > 20) throw invalidInput('MAX_VALUE_EXCEEDED', 'You provided a value for MaxResults that is greater than 20.');
  return value;
}
