/** The Security Token Service (docs.aws.amazon.com/STS/latest/APIReference/). */
import type { ServiceModule } from '../core/types.ts';
import { stsOperations } from '../delegation/index.ts';
import { assumeRole } from './assumeRole.ts';
import { getCallerIdentity } from './getCallerIdentity.ts';

export const service: ServiceModule = {
  service: 'sts',
  protocol: 'query',
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
    ...stsOperations,
  },
};
