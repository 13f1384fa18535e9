/** Tagging roles (API_TagRole.html and its like). */
import { readFields } from '../core/fields.ts';
import type { Operation } from '../core/service.ts';
import { permittedPrincipal } from './access.ts';
import { limitExceeded } from './accounts.ts';
import { takePage } from './pages.ts';
import { quotas, readPage, roleName } from './rules.ts';
import { readTags, requestTagContext } from './tagging.ts';
import { publishPrincipal } from './versions.ts';
import { tagList } from './views.ts';

const tagRole: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  fields.check();
  const added = readTags(fields);
  const role = permittedPrincipal(call, 'role', name, 'TagRole', requestTagContext(added));
  const tags = new Map(role.tags);
  for (const [key, value] of added) {
    // "Tag keys are case insensitive": a new spelling replaces the old one.
    const known = [...tags.keys()].find((other) => other.toLowerCase() === key.toLowerCase());
    if (known !== undefined) tags.delete(known);
    tags.set(key, value);
  }
  if (tags.size > quotas.tags) throw limitExceeded('The number of tags has reached the maximum limit.');
  role.tags = tags;
  publishPrincipal(call.world, role);
};

const untagRole: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  const keys = fields.list('TagKeys', { max: 50 });
  fields.check();
  const role = permittedPrincipal(call, 'role', name, 'UntagRole', { 'aws:TagKeys': keys });
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  role.tags = new Map([...role.tags].filter(([key]) => !gone.has(key.toLowerCase())));
  publishPrincipal(call.world, role);
};

const listRoleTags: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('RoleName', roleName);
  const page = readPage(fields);
  fields.check();
  const role = permittedPrincipal(call, 'role', name, 'ListRoleTags');
  const { items, rest } = takePage(tagList(role.tags), ({ Key }) => Key, page);
  return { Tags: items, ...rest };
};

export const tagOperations: Record<string, Operation> = { TagRole: tagRole, UntagRole: untagRole, ListRoleTags: listRoleTags };
