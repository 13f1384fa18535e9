/** The root and the organizational units (API reference: ListRoots, ListOrganizationalUnitsForParent and their like). */
import type { Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { checkParent } from './accounts.ts';
import { constraint, invalidInput, notFound } from './errors.ts';
import { newUnitId } from './ids.ts';
import { patterns, requiredName, requiredText } from './input.ts';
import { accountIdsIn, treeChanged, unitIdsIn } from './listing.ts';
import { takePage } from './pages.ts';
import { quotas } from './quotas.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';
import { readTags } from './tag-rules.ts';
import { parentsOf } from './tree.ts';
import { rootView, unitView } from './views.ts';
import { AwsError } from '../core/aws-error.ts';

const listRoots: Operation = (input, call) => {
  const organization = enter(call, 'administrators');
  const { keys, rest } = takePage(call, organization, input, [organization.rootId]);
  return { Roots: keys.map(() => rootView(organization)), ...rest };
};

const listUnits: Operation = (input, call) => {
  const parentId = requiredText(input, 'ParentId', patterns.parent);
  const organization = enter(call, 'administrators', [parentId]);
  checkParent(organization, parentId);
  const { keys, rest } = takePage(call, organization, input, unitIdsIn(organization, parentId));
  return { OrganizationalUnits: keys.map((id) => unitView(organization, id)), ...rest };
};

const describeUnit: Operation = (input, call) => {
  const id = requiredText(input, 'OrganizationalUnitId', patterns.unit);
  const organization = enter(call, 'administrators', [id]);
  if (!organization.units.has(id)) throw notFound('OrganizationalUnit');
  return { OrganizationalUnit: unitView(organization, id) };
};

const createUnit: Operation = (input, call) => {
  const parentId = requiredText(input, 'ParentId', patterns.parent);
  const name = requiredName(input, 'Name', 128);
  const tags = readTags(input);
  const organization = enter(call, 'management', [parentId]);
  checkParent(organization, parentId);
  checkName(organization, parentId, name);
  if (organization.units.size >= quotas.units) throw constraint('OU_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the number of OUs.');
  const depth = parentsOf(organization, parentId)!.length + 1;
  if (depth > quotas.depth) throw constraint('OU_DEPTH_LIMIT_EXCEEDED', 'You attempted to create an OU tree that is too many levels deep.');
  const id = newUnitId(organization);
  organization.units.set(id, { id, name, parentId, ...(tags.size > 0 ? { tags } : {}) });
  treeChanged(organization);
  call.world.touch(organizationsState);
  return { OrganizationalUnit: unitView(organization, id) };
};

const updateUnit: Operation = (input, call) => {
  const id = requiredText(input, 'OrganizationalUnitId', patterns.unit);
  const name = input.Name === undefined ? undefined : requiredName(input, 'Name', 128);
  const organization = enter(call, 'management', [id]);
  const unit = organization.units.get(id);
  if (!unit) throw notFound('OrganizationalUnit');
  if (name !== undefined && name !== unit.name) {
    checkName(organization, unit.parentId, name);
    unit.name = name;
    treeChanged(organization);
    call.world.touch(organizationsState);
  }
  return { OrganizationalUnit: unitView(organization, id) };
};

const deleteUnit: Operation = (input, call) => {
  const id = requiredText(input, 'OrganizationalUnitId', patterns.unit);
  const organization = enter(call, 'management', [id]);
  if (!organization.units.has(id)) throw notFound('OrganizationalUnit');
  if (accountIdsIn(organization, id).length > 0 || unitIdsIn(organization, id).length > 0) {
    throw new AwsError('OrganizationalUnitNotEmptyException', 'The specified OU is not empty.');
  }
  organization.units.delete(id);
  organization.attachments.delete(id);
  treeChanged(organization);
  call.world.touch(organizationsState);
};

/** "An OU name must be unique within its parent" (API_CreateOrganizationalUnit.html, DuplicateOrganizationalUnitException). */
function checkName(organization: Organization, parentId: string, name: string): void {
  if (name.trim() === '') throw invalidInput('INVALID_PATTERN', 'You provided a value for Name that does not match the required pattern.');
  if (unitIdsIn(organization, parentId).some((id) => organization.units.get(id)!.name === name)) {
    throw new AwsError('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.');
  }
}

export const unitOperations: Record<string, Operation> = {
  ListRoots: listRoots,
  ListOrganizationalUnitsForParent: listUnits,
  DescribeOrganizationalUnit: describeUnit,
  CreateOrganizationalUnit: createUnit,
  UpdateOrganizationalUnit: updateUnit,
  DeleteOrganizationalUnit: deleteUnit,
};
