import { z } from '@hono/zod-openapi';
import {
  accountIdPattern,
  assumeRoleSeconds,
  delegatedSessionSeconds,
  externalIdPattern,
  roleNamePattern,
  roleNameWithPathPattern,
  sessionNamePattern,
} from '../../domain/aws/fields.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { hasInvisible } from '../../domain/nicknames/invisible.ts';
import { maxNicknameLength } from '../../domain/nicknames/normalize.ts';

/** A string that must match a pattern, with one message for all faults. */
export function patterned(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

function seconds(bounds: { min: number; max: number }, what: string) {
  const error = `${what} must be a whole number of seconds from ${bounds.min} to ${bounds.max}.`;
  return z.int({ error }).min(bounds.min, { error }).max(bounds.max, { error });
}

/**
 * Text for people, in Unicode NFC. Surrounding white space is removed. At least one character must be visible, and no
 * character may be invisible, because it would make look-alikes.
 */
export function visibleText(max: number, error: string) {
  return z
    .string({ error })
    .trim()
    .refine((text) => [...text].length <= max && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text), { error })
    .normalize('NFC')
    .refine((text) => !hasInvisible(text), {
      error: 'The text has an invisible character, such as a zero-width space or a mark of writing direction. Type the text again.',
    })
    .openapi({ minLength: 1, maxLength: max });
}

/** The nickname of a request, a cloud or an organization (D1). */
export const nickname = visibleText(
  maxNicknameLength,
  `nickname must be text of 1 to ${maxNicknameLength} characters, without control characters.`,
).openapi({
  description: 'Unique across all clouds and organizations, regardless of case.',
  example: 'production',
});

export const accountId = patterned(accountIdPattern, 'An AWS account id must be a string of 12 digits, such as "123456789012".').openapi({
  example: '123456789012',
});

export const roleName = patterned(
  roleNamePattern,
  'An IAM role name must have 1 to 64 characters: letters, digits and any of `_+=,.@-`. Give the name only, not a path or an ARN.',
).openapi({ example: 'muster-harvesting' });

/** The name of a role that exists in every account; the ARN carries its path. */
export const roleNameWithPath = patterned(
  roleNameWithPathPattern,
  'An IAM role name must have 1 to 64 characters: letters, digits and any of `_+=,.@-`. Its path may stand before it, as in `team/muster`. Do not give an ARN.',
).openapi({
  description: "The role's name. If the role has a path, write it before the name, without the first slash: `team/muster`.",
  example: 'muster-harvesting',
});

export const delegatedSessionDuration = seconds(delegatedSessionSeconds, 'sessionDurationSeconds');

const roleArnRule =
  'A role ARN must have the form arn:PARTITION:iam::ACCOUNT:role/NAME, such as "arn:aws:iam::123456789012:role/harvesting".';
export const roleArn = z.string({ error: roleArnRule }).refine((arn) => parseRoleArn(arn) !== null, { error: roleArnRule });

export const externalId = patterned(
  externalIdPattern,
  'An external id must have 2 to 1,224 characters: letters, digits and any of `_+=,.@:/-`.',
);
export const sessionName = patterned(
  sessionNamePattern,
  'A session name must have 2 to 64 characters: letters, digits and any of `_+=,.@-`.',
);
export const assumeRoleDuration = seconds(assumeRoleSeconds, 'durationSeconds');

/**
 * A field that holds a named schema or null. `schema.nullable()` would make the shared component itself nullable, and with it
 * every other field that refers to it.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** An interval between runs, in whole minutes. */
export function minutes(bounds: { min: number; max: number }, what: string) {
  const error = `${what} must be a whole number of minutes from ${bounds.min} to ${bounds.max}.`;
  return z.int({ error }).min(bounds.min, { error }).max(bounds.max, { error });
}

/** The message for a value that is not an object. Unknown fields inside the object keep their own messages. */
export function bodyObject(what: string) {
  return {
    error: (issue: { code?: string | undefined }) => (issue.code === 'invalid_type' ? `${what} must be a JSON object.` : undefined),
  };
}

/** An id from a caller. It is converted to lower case, as the database writes ids, because some code compares ids as text. */
export function givenId(error?: string) {
  return z.guid(error === undefined ? {} : { error }).toLowerCase();
}

/** An id in a path. An id that is not a UUID is answered with 404. */
export const idParameters = z.object({ id: givenId().openapi({ description: 'The id of the resource.' }) });

/** The query of a route without query parameters. */
export const noQuery = z.strictObject({});
/** The body of a POST without fields. */
export const emptyBody = z.strictObject({}, { error: 'This call takes no fields. Send an empty JSON object or no body.' });

export const timestamp = z.iso.datetime().openapi({ description: 'ISO 8601, UTC.' });
