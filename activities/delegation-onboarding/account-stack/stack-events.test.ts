import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { firstFailure } from './stack-events.ts';

const StackId = 'arn:aws:cloudformation:us-east-1:111122223333:stack/muster-r/1';
const own = (ResourceStatus: StackEvent['ResourceStatus'], ResourceStatusReason?: string): StackEvent => ({
  StackId,
  EventId: undefined,
  StackName: 'muster-r',
  Timestamp: undefined,
  LogicalResourceId: 'muster-r',
  PhysicalResourceId: StackId,
  ResourceStatus,
  ResourceStatusReason,
});
const role = (ResourceStatus: StackEvent['ResourceStatus'], ResourceStatusReason?: string): StackEvent => ({
  ...own(ResourceStatus, ResourceStatusReason),
  LogicalResourceId: 'HarvestingRole',
  PhysicalResourceId: 'MusterHarvesting',
});

const creation = [
  own('CREATE_IN_PROGRESS'),
  role('CREATE_IN_PROGRESS'),
  role('CREATE_FAILED', 'Resource creation cancelled'),
  role('CREATE_FAILED', 'the boundary is missing'),
  own('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [HarvestingRole].'),
  role('DELETE_IN_PROGRESS'),
  role('DELETE_FAILED', 'must detach all policies first'),
  own('ROLLBACK_FAILED', 'The following resource(s) failed to delete: [HarvestingRole].'),
];

describe('the reason why a stack failed', () => {
  it('is the first failure, even if the roll-back failed after it', () => {
    expect(firstFailure(creation)).toBe('HarvestingRole: the boundary is missing');
  });

  it('D6: is a failure of the removal, not of the creation before it', () => {
    const removal = [own('DELETE_IN_PROGRESS'), role('DELETE_IN_PROGRESS')];
    const denied = role('DELETE_FAILED', 'iam:DeleteRole is denied');
    const ended = own('DELETE_FAILED', 'The following resource(s) failed to delete: [HarvestingRole].');
    expect(firstFailure([...creation, ...removal, denied, ended])).toBe('HarvestingRole: iam:DeleteRole is denied');
    const again = role('DELETE_FAILED', 'is still in use');
    expect(firstFailure([...creation, ...removal, denied, ended, ...removal, again, ended])).toBe('HarvestingRole: is still in use');
    expect(firstFailure([...creation, ...removal])).toBeNull();
  });
});
