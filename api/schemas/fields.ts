import { z } from '@hono/zod-openapi';
import {
  accountIdPattern,
  assumeRoleSeconds,
  delegatedSessionSeconds,
  externalIdPattern,
  roleNamePattern,
  sessionNamePattern,
} from '../../domain/aws/fields.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { maxNicknameLength } from '../../domain/nicknames/normalize.ts';

/** A string of a pattern, refused with one sentence whatever is wrong with it. */
export function patterned(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

function seconds(bounds: { min: number; max: number }, what: string) {
  const error = `${what} must be a whole number of seconds from ${bounds.min} to ${bounds.max}.`;
  return z.int({ error }).min(bounds.min, { error }).max(bounds.max, { error });
}

/** Text for people. Surrounding white space is dropped; something has to be visible. */
export function visibleText(most: number, error: string) {
  return z
    .string({ error })
    .trim()
    .refine((text) => [...text].length <= most && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text), { error })
    .openapi({ minLength: 1, maxLength: most });
}

/** D1. */
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
  'An IAM role name must have 1 to 64 characters: letters, digits and _ + = , . @ -. Give no path and no ARN.',
).openapi({ example: 'muster-harvesting' });

export const delegatedSessionDuration = seconds(delegatedSessionSeconds, 'sessionDurationSeconds');

const roleArnRule =
  'A role ARN must have the form arn:PARTITION:iam::ACCOUNT:role/NAME, such as "arn:aws:iam::123456789012:role/harvesting".';
export const roleArn = z.string({ error: roleArnRule }).refine((arn) => parseRoleArn(arn) !== null, { error: roleArnRule });

export const externalId = patterned(
  externalIdPattern,
  'An external id must have 2 to 1,224 characters: letters, digits and _ + = , . @ : / -.',
);
export const sessionName = patterned(sessionNamePattern, 'A session name must have 2 to 64 characters: letters, digits and _ + = , . @ -.');
export const assumeRoleDuration = seconds(assumeRoleSeconds, 'durationSeconds');

/** A whole number of minutes between two runs. */
export function minutes(bounds: { min: number; max: number }, what: string) {
  const error = `${what} must be a whole number of minutes from ${bounds.min} to ${bounds.max}.`;
  return z.int({ error }).min(bounds.min, { error }).max(bounds.max, { error });
}

/** Says of a field that is no object that it has to be one; unknown fields inside keep their own sentence. */
export function bodyObject(what: string) {
  return {
    error: (issue: { code?: string | undefined }) => (issue.code === 'invalid_type' ? `${what} must be a JSON object.` : undefined),
  };
}

/** An id of ours from outside, in any case, and from here on as the database writes it: ids are compared as text, too. */
export function givenId(error?: string) {
  return z.guid(error === undefined ? {} : { error }).toLowerCase();
}

/** An id in a path. What is not a UUID is nobody's id and answers 404. */
export const idParameters = z.object({ id: givenId().openapi({ description: 'The id of the resource.' }) });

/** The path and query parts that take no parameters. */
export const noQuery = z.strictObject({});
/** The body of a POST that takes none. */
export const emptyBody = z.strictObject({}, { error: 'This call takes no fields. Send an empty JSON object or no body.' });

export const timestamp = z.iso.datetime().openapi({ description: 'ISO 8601, UTC.' });
