/** The services that the sandbox has, and everything that is remembered. */
import { service as cloudFormation } from '../cloudformation/index.ts';
import { controlState } from '../control/state.ts';
import { service as iam } from '../iam/index.ts';
import { service as organizations } from '../organizations/index.ts';
import { service as sns } from '../sns/index.ts';
import { service as sqs } from '../sqs/index.ts';
import { service as sts } from '../sts/index.ts';
import { service as tagging } from '../tagging/index.ts';
import type { ServiceModule } from './service.ts';
import type { StateSlice } from './state.ts';

export const modules: readonly ServiceModule[] = [iam, sts, cloudFormation, organizations, tagging, sns, sqs];

export const slices: readonly StateSlice[] = [...modules.flatMap(({ state }) => state ?? []), controlState];
