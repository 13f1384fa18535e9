/** Stack sets: one template in many accounts and Regions (CloudFormation User Guide, "StackSets"). */
import type { Operation } from '../../core/service.ts';
import {
  describeStackInstance,
  describeStackSet,
  describeStackSetOperation,
  listStackInstances,
  listStackSetOperationResults,
  listStackSetOperations,
  listStackSets,
  stopStackSetOperation,
} from './describe.ts';
import { createStackInstances, deleteStackInstances, updateStackInstances } from './instances.ts';
import { createStackSet, deleteStackSet } from './stack-set.ts';
import { activateOrganizationsAccess, deactivateOrganizationsAccess, describeOrganizationsAccess } from './trusted-access.ts';
import { updateStackSet } from './update.ts';

export { startStackSets } from './auto-deploy.ts';

export const stackSetOperations: Record<string, Operation> = {
  ActivateOrganizationsAccess: activateOrganizationsAccess,
  CreateStackInstances: createStackInstances,
  CreateStackSet: createStackSet,
  DeactivateOrganizationsAccess: deactivateOrganizationsAccess,
  DeleteStackInstances: deleteStackInstances,
  DeleteStackSet: deleteStackSet,
  DescribeOrganizationsAccess: describeOrganizationsAccess,
  DescribeStackInstance: describeStackInstance,
  DescribeStackSet: describeStackSet,
  DescribeStackSetOperation: describeStackSetOperation,
  ListStackInstances: listStackInstances,
  ListStackSetOperationResults: listStackSetOperationResults,
  ListStackSetOperations: listStackSetOperations,
  ListStackSets: listStackSets,
  StopStackSetOperation: stopStackSetOperation,
  UpdateStackInstances: updateStackInstances,
  UpdateStackSet: updateStackSet,
};
