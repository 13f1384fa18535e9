/** CloudFormation: stacks and stack sets that really create the sandbox's roles, topics and queues, with the caller's own rights. */
import type { ServiceModule } from '../core/service.ts';
import { changeSetOperations } from './change-sets/index.ts';
import { startWork } from './engine/runner.ts';
import { createStack } from './operations/create-stack.ts';
import { deleteStack, updateTerminationProtection } from './operations/delete-stack.ts';
import {
  describeStackEvents,
  describeStackResource,
  describeStackResources,
  describeStacks,
  getTemplate,
  listStackResources,
  listStacks,
} from './operations/describe.ts';
import { describeEvents } from './validation/describe-events.ts';
import { updateStack } from './operations/update-stack.ts';
import { getTemplateSummary } from './operations/template-summary.ts';
import { validateTemplate } from './operations/validate-template.ts';
import { stackSetOperations, startStackSets } from './stack-sets/index.ts';
import { cloudFormationState } from './state.ts';

/** The service as the server mounts it (CloudFormation API reference, version 2010-05-15). */
export const service: ServiceModule = {
  service: 'cloudformation',
  protocol: 'query',
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  state: [cloudFormationState],
  operations: {
    CreateStack: createStack,
    DeleteStack: deleteStack,
    DescribeEvents: describeEvents,
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    GetTemplate: getTemplate,
    GetTemplateSummary: getTemplateSummary,
    ListStackResources: listStackResources,
    ListStacks: listStacks,
    UpdateStack: updateStack,
    UpdateTerminationProtection: updateTerminationProtection,
    ValidateTemplate: validateTemplate,
    ...changeSetOperations,
    ...stackSetOperations,
  },
  start(world) {
    const stopStacks = startWork(world);
    const stopStackSets = startStackSets(world);
    return () => {
      stopStackSets();
      stopStacks();
    };
  },
};
