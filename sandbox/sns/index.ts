/** Amazon SNS: standard topics with signed delivery to queues and HTTP endpoints. */
import type { ServiceModule } from '../core/service.ts';
import { publishOperations } from './publish.ts';
import { startPump } from './pump.ts';
import { subscriptionAttributeOperations } from './subscription-attributes.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { topicOperations } from './topics.ts';
import { snsState } from './state.ts';

export { handleSnsHttp } from './http.ts';
export { releaseNotifications } from './notifications.ts';
export { publishFromService } from './publish.ts';
export { stringToSign } from './signature.ts';

export const service: ServiceModule = {
  service: 'sns',
  protocol: 'query',
  version: '2010-03-31',
  namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  state: [snsState],
  operations: { ...topicOperations, ...subscriptionOperations, ...subscriptionAttributeOperations, ...publishOperations },
  start: startPump,
};
