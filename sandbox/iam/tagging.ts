/** Tags in IAM's inputs (id_tags.html). */
import type { Fields } from '../core/fields.ts';
import { AwsError } from '../core/aws-error.ts';
import { limitExceeded } from './accounts.ts';
import { quotas } from './rules.ts';
import type { TagInput } from './views.ts';

const keyPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** Reads `Tags`; keys are unique without regard to case and may not begin with aws: . Throws InvalidInput or ValidationError. */
export function readTags(fields: Fields, name = 'Tags'): Map<string, string> {
  const tags = new Map<string, string>();
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of fields.list<Partial<TagInput>>(name)) {
    if (!keyPattern.test(Key))
      throw invalid(
        `Value '${Key}' at 'tags.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+`,
      );
    if (!valuePattern.test(Value))
      throw invalid(
        `Value '${Value}' at 'tags.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*`,
      );
    if (/^aws:/i.test(Key)) throw new AwsError('InvalidInput', 'Tag keys cannot start with the reserved prefix aws:.');
    if (seen.has(Key.toLowerCase()))
      throw new AwsError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    seen.add(Key.toLowerCase());
    tags.set(Key, Value);
  }
  if (tags.size > quotas.tags) throw limitExceeded('The number of tags has reached the maximum limit.');
  return tags;
}

function invalid(problem: string): AwsError {
  return new AwsError('ValidationError', `1 validation error detected: ${problem}`);
}

/** aws:RequestTag/… and aws:TagKeys of a request that sets tags. */
export function requestTagContext(tags: ReadonlyMap<string, string>): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = { 'aws:TagKeys': [...tags.keys()] };
  for (const [key, value] of tags) context[`aws:RequestTag/${key}`] = value;
  return context;
}

/** aws:ResourceTag/… and iam:ResourceTag/… of a thing that exists. */
export function resourceTagContext(tags: ReadonlyMap<string, string>): Record<string, string> {
  const context: Record<string, string> = {};
  for (const [key, value] of tags) {
    context[`aws:ResourceTag/${key}`] = value;
    context[`iam:ResourceTag/${key}`] = value;
  }
  return context;
}
