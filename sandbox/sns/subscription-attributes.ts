import type { Operation } from '../core/service.ts';
import { optionalText, requiredText } from './input.ts';
import { checkAttributes } from './subscription-checks.ts';
import { openSubscription } from './subscriptions.ts';

const getSubscriptionAttributes: Operation = (input, call) => {
  const subscription = openSubscription(call, input, 'GetSubscriptionAttributes');
  return {
    Attributes: new Map(
      Object.entries({
        SubscriptionArn: subscription.arn,
        TopicArn: subscription.topicArn,
        Owner: subscription.owner,
        Protocol: subscription.protocol,
        Endpoint: subscription.endpoint,
        ConfirmationWasAuthenticated: String(subscription.confirmed && subscription.token === undefined),
        PendingConfirmation: String(!subscription.confirmed),
        RawMessageDelivery: 'false',
        ...subscription.attributes,
      }),
    ),
  };
};

const setSubscriptionAttributes: Operation = (input, call) => {
  const subscription = openSubscription(call, input, 'SetSubscriptionAttributes');
  const name = requiredText(input, 'AttributeName');
  const value = optionalText(input, 'AttributeValue') ?? '';
  checkAttributes({ [name]: value });
  subscription.attributes[name] = value;
  call.world.touch();
  return {};
};

export const subscriptionAttributeOperations: Record<string, Operation> = {
  GetSubscriptionAttributes: getSubscriptionAttributes,
  SetSubscriptionAttributes: setSubscriptionAttributes,
};
