/** The Resource Groups Tagging API (docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/). JSON 1.1. */
import type { ServiceModule } from '../core/service.ts';
import { getResources } from './get-resources.ts';

export const service: ServiceModule = {
  service: 'tagging',
  protocol: 'json',
  version: 'ResourceGroupsTaggingAPI_20170126',
  operations: { GetResources: getResources },
};
