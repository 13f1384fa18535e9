/** The services that the sandbox has, and the world with nothing in it yet. */
import { service as cloudFormation } from '../cloudformation/index.ts';
import { emptyCloudFormationState } from '../cloudformation/state.ts';
import { emptyControlState } from '../control/state.ts';
import type { Pace } from '../control/state.ts';
import { emptyDelegationState } from '../delegation/state.ts';
import { service as iam } from '../iam/index.ts';
import { emptyIamState } from '../iam/state.ts';
import { service as organizations } from '../organizations/index.ts';
import { emptyOrganizationsState } from '../organizations/state.ts';
import { service as sns } from '../sns/index.ts';
import { emptySnsState } from '../sns/state.ts';
import { service as sqs } from '../sqs/index.ts';
import { emptySqsState } from '../sqs/state.ts';
import { service as tagging } from '../tagging/index.ts';
import { service as sts } from '../sts/index.ts';
import { emptyStsState } from '../sts/state.ts';
import type { ServiceModule } from './service.ts';
import type { WorldState } from './world.ts';

export const modules: readonly ServiceModule[] = [iam, sts, cloudFormation, organizations, tagging, sns, sqs];

export function emptyWorldState(pace: Pace): WorldState {
  return {
    iam: emptyIamState(),
    sts: emptyStsState(),
    delegation: emptyDelegationState(),
    cloudFormation: emptyCloudFormationState(),
    organizations: emptyOrganizationsState(),
    sns: emptySnsState(),
    sqs: emptySqsState(),
    control: emptyControlState(pace),
  };
}
