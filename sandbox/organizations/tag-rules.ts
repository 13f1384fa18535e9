/** The rules for tags of Organizations' resources (orgs_tagging.html). Keys are case-sensitive. */
import { constraint, invalidInput } from './errors.ts';
import type { Input } from './input.ts';
import { quotas } from './quotas.ts';

/** Reads `Tags`. Throws InvalidInputException or ConstraintViolationException (MAX_TAG_LIMIT_EXCEEDED). */
export function readTags(input: Input): Map<string, string> {
  const tags = new Map<string, string>();
  const given = (input.Tags ?? []) as { Key?: unknown; Value?: unknown }[];
  if (!Array.isArray(given)) throw invalidInput('INVALID_LIST_MEMBER', 'Tags must be a list.');
  for (const { Key, Value } of given) {
    if (typeof Key !== 'string' || typeof Value !== 'string') throw invalidInput('INPUT_REQUIRED', 'A tag needs a key and a value.');
    if (Key === '') throw invalidInput('MIN_LENGTH_EXCEEDED', 'Tag keys have 1 to 128 characters.');
    if (Key.length > 128) throw invalidInput('MAX_LENGTH_EXCEEDED', 'Tag keys have 1 to 128 characters.');
    if (Value.length > 256) throw invalidInput('MAX_LENGTH_EXCEEDED', 'Tag values have at most 256 characters.');
    if (/^aws:/i.test(Key)) throw invalidInput('INVALID_SYSTEM_TAGS_PARAMETER', 'Tag keys must not begin with aws:.');
    if (tags.has(Key)) throw invalidInput('DUPLICATE_TAG_KEY', 'Tag keys must be unique among the tags attached to the same entity.');
    tags.set(Key, Value);
  }
  checkTagCount(tags);
  return tags;
}

export function checkTagCount(tags: ReadonlyMap<string, string>): void {
  if (tags.size > quotas.tags) {
    throw constraint('MAX_TAG_LIMIT_EXCEEDED', 'You have exceeded the number of tags allowed on this resource.');
  }
}
