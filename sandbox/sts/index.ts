/** The Security Token Service (docs.aws.amazon.com/STS/latest/APIReference/). */
import type { ServiceModule } from '../core/service.ts';
import { stsOperations } from '../delegation/index.ts';
import { assumeRole } from './assume-role.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { stsState } from './state.ts';

export const service: ServiceModule = {
  service: 'sts',
  protocol: 'query',
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  state: [stsState],
  operations: {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
    ...stsOperations,
  },
};
