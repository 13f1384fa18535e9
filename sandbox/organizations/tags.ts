/** Tags of accounts, OUs, the root and policies (API reference: ListTagsForResource, TagResource, UntagResource). */
import type { Call, Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { invalidInput, notFound } from './errors.ts';
import { patterns, requiredText } from './input.ts';
import { takePage } from './pages.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';
import { checkTagCount, readTags } from './tag-rules.ts';

const listTags: Operation = (input, call) => {
  const id = requiredText(input, 'ResourceId', patterns.taggable);
  const organization = enter(call, 'administrators', [id]);
  const tags = holderOf(organization, id).tags ?? new Map<string, string>();
  const { keys, rest } = takePage(call, organization, input, [...tags.keys()].sort());
  return { Tags: keys.map((Key) => ({ Key, Value: tags.get(Key) })), ...rest };
};

const tag: Operation = (input, call) => {
  const id = requiredText(input, 'ResourceId', patterns.taggable);
  const added = readTags(input);
  if (added.size === 0) throw invalidInput('INPUT_REQUIRED', 'You must provide a value for Tags.');
  const organization = enter(call, 'management', [id]);
  const tags = new Map([...(holderOf(organization, id).tags ?? []), ...added]);
  checkTagCount(tags);
  replaceTags(call, organization, id, tags);
};

const untag: Operation = (input, call) => {
  const id = requiredText(input, 'ResourceId', patterns.taggable);
  const keys = input.TagKeys;
  if (!Array.isArray(keys)) throw invalidInput('INPUT_REQUIRED', 'You must provide a value for TagKeys.');
  const organization = enter(call, 'management', [id]);
  const { tags } = holderOf(organization, id);
  if (tags) replaceTags(call, organization, id, new Map([...tags].filter(([key]) => !keys.includes(key))));
};

/** The root, OU, account or policy of that id. Throws TargetNotFoundException. */
function holderOf(organization: Organization, id: string): { tags?: Map<string, string> } {
  if (id === organization.rootId) return organization.rootTags ? { tags: organization.rootTags } : {};
  const holder = organization.accounts.get(id) ?? organization.units.get(id) ?? organization.policies.get(id);
  if (!holder) throw notFound('Target');
  return holder;
}

/** A map that is left empty still says that there once were tags: the tagging API lists such accounts. */
function replaceTags(call: Call, organization: Organization, id: string, tags: Map<string, string>): void {
  const account = organization.accounts.get(id);
  if (account) {
    const { formerTags } = organizationsState.of(call.world);
    formerTags.set(id, { changedAt: Date.now(), ...(account.tags ? { tags: account.tags } : {}) });
  }
  if (id === organization.rootId) organization.rootTags = tags;
  else holderOf(organization, id).tags = tags;
  call.world.touch(organizationsState);
}

export const tagOperations: Record<string, Operation> = { ListTagsForResource: listTags, TagResource: tag, UntagResource: untag };
