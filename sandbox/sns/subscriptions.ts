import { randomBytes, randomUUID } from 'node:crypto';
import type { Call, Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { invalidParameter, subscriptionNotFound } from './errors.ts';
import { flag, optionalText, requiredText, textMap } from './input.ts';
import { sendConfirmation } from './notifications.ts';
import { page } from './page.ts';
import { snsState } from './state.ts';
import type { StoredSubscription, SubscriptionProtocol } from './state.ts';
import { checkAttributes } from './subscription-checks.ts';
import { openTopic } from './topics.ts';

/** A confirmation's token holds for two days (API model, ConfirmSubscription). */
const tokenLifeMs = 2 * 24 * 3600 * 1000;

function readEndpoint(input: Record<string, unknown>): { protocol: SubscriptionProtocol; endpoint: string } {
  const protocol = requiredText(input, 'Protocol');
  const endpoint = requiredText(input, 'Endpoint');
  if (protocol === 'sqs') {
    if (!/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w-]{1,80}$/.test(endpoint)) throw invalidParameter('SQS endpoint ARN');
    return { protocol, endpoint };
  }
  if (protocol !== 'http' && protocol !== 'https') throw invalidParameter(`Does not support this protocol string: ${protocol}`);
  if (!endpoint.startsWith(`${protocol}://`) || !URL.canParse(endpoint)) {
    throw invalidParameter('Endpoint must match the specified protocol');
  }
  return { protocol, endpoint };
}

/** A queue of the subscriber's own account is confirmed at once; every other endpoint must answer its confirmation message. */
const subscribe: Operation = (input, call) => {
  const { protocol, endpoint } = readEndpoint(input);
  const topic = openTopic(call, requiredText(input, 'TopicArn'), 'Subscribe', { 'sns:Protocol': protocol, 'sns:Endpoint': endpoint });
  const attributes = textMap(input['Attributes']);
  checkAttributes(attributes);
  const { subscriptions } = snsState.of(call.world);
  const existing = [...subscriptions.values()].find(
    (candidate) => candidate.topicArn === topic.arn && candidate.protocol === protocol && candidate.endpoint === endpoint,
  );
  if (existing !== undefined && Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)) {
    throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
  }
  const subscription: StoredSubscription = existing ?? {
    arn: `${topic.arn}:${randomUUID()}`,
    topicArn: topic.arn,
    protocol,
    endpoint,
    owner: call.caller.accountId,
    attributes,
    confirmed: protocol === 'sqs' && endpoint.split(':')[4] === call.caller.accountId,
    authenticateOnUnsubscribe: false,
  };
  subscriptions.set(subscription.arn, subscription);
  if (!subscription.confirmed) askToConfirm(call.world, subscription, topic.attributes['SignatureVersion']);
  call.world.touch();
  const shown = subscription.confirmed || flag(input, 'ReturnSubscriptionArn');
  return { SubscriptionArn: shown ? subscription.arn : 'pending confirmation' };
};

function askToConfirm(world: World, subscription: StoredSubscription, signatureVersion: string | undefined): void {
  subscription.token = randomBytes(96).toString('hex');
  subscription.tokenExpiresAt = Date.now() + tokenLifeMs;
  const { topicArn, token } = subscription;
  const message = `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
  tellEndpoint(world, subscription, 'SubscriptionConfirmation', token, message, signatureVersion);
}

/**
 * Ends a subscription. SNS notifies an HTTP endpoint, with a link that would subscribe it again (SNS Developer Guide,
 * "HTTP/HTTPS unsubscribe confirmation JSON format"); the sandbox does not know that link's token, so following it fails.
 */
export function endSubscription(world: World, subscription: StoredSubscription): void {
  const { arn, topicArn, protocol } = subscription;
  snsState.of(world).subscriptions.delete(arn);
  world.touch();
  if (protocol === 'sqs') return;
  const message = `You have chosen to deactivate subscription ${arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`;
  const signatureVersion = snsState.of(world).topics.get(topicArn)?.attributes['SignatureVersion'];
  tellEndpoint(world, subscription, 'UnsubscribeConfirmation', randomBytes(96).toString('hex'), message, signatureVersion);
}

function tellEndpoint(
  world: World,
  subscription: StoredSubscription,
  type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
  token: string,
  message: string,
  signatureVersion: string | undefined,
): void {
  const { topicArn } = subscription;
  sendConfirmation(world, subscription, {
    Type: type,
    MessageId: randomUUID(),
    Token: token,
    TopicArn: topicArn,
    Message: message,
    SubscribeURL: `${world.baseUrl}/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${token}`,
    Timestamp: new Date().toISOString(),
    SignatureVersion: signatureVersion === '2' ? '2' : '1',
  });
}

/**
 * Confirms by token; confirming twice answers the same.
 * @throws AwsError InvalidParameter for a token that is unknown, expired, or another topic's.
 */
export function confirmByToken(world: World, topicArn: string, token: string, authenticateOnUnsubscribe: boolean): StoredSubscription {
  const subscription = [...snsState.of(world).subscriptions.values()].find(
    (candidate) => candidate.topicArn === topicArn && candidate.token === token,
  );
  if (subscription === undefined || Date.now() > (subscription.tokenExpiresAt ?? 0)) throw invalidParameter('Token');
  subscription.confirmed = true;
  subscription.authenticateOnUnsubscribe = authenticateOnUnsubscribe;
  world.touch();
  return subscription;
}

const confirmSubscription: Operation = (input, call) => {
  const topicArn = requiredText(input, 'TopicArn');
  // The token is the permission; an identity needs sns:ConfirmSubscription besides.
  call.authorize('sns:ConfirmSubscription', topicArn);
  const subscription = confirmByToken(call.world, topicArn, requiredText(input, 'Token'), flag(input, 'AuthenticateOnUnsubscribe'));
  return { SubscriptionArn: subscription.arn };
};

/** Finds a subscription that the caller may act on: its subscriber, or the topic's owner. */
export function openSubscription(call: Call, input: Record<string, unknown>, action: string): StoredSubscription {
  const arn = requiredText(input, 'SubscriptionArn');
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+:[\w-]+$/.test(arn))
    throw invalidParameter(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${arn.split(':').length}`);
  call.authorize(`sns:${action}`, arn.split(':').slice(0, 6).join(':'));
  const subscription = snsState.of(call.world).subscriptions.get(arn);
  const { accountId } = call.caller;
  if (subscription === undefined || (subscription.owner !== accountId && arn.split(':')[4] !== accountId)) throw subscriptionNotFound();
  return subscription;
}

const unsubscribe: Operation = (input, call) => {
  const subscription = openSubscription(call, input, 'Unsubscribe');
  if (!subscription.confirmed) throw invalidParameter('This subscription is pending confirmation and cannot be deleted');
  endSubscription(call.world, subscription);
  return {};
};

const listSubscriptionsByTopic: Operation = (input, call) => {
  const topic = openTopic(call, requiredText(input, 'TopicArn'), 'ListSubscriptionsByTopic');
  const all = [...snsState.of(call.world).subscriptions.values()]
    .filter((subscription) => subscription.topicArn === topic.arn)
    .map(({ arn, confirmed, endpoint, owner, protocol, topicArn }) => ({
      SubscriptionArn: confirmed ? arn : 'PendingConfirmation',
      Owner: owner,
      Protocol: protocol,
      Endpoint: endpoint,
      TopicArn: topicArn,
    }));
  const { items, next } = page(all, optionalText(input, 'NextToken'));
  return { Subscriptions: items, ...next };
};

export const subscriptionOperations: Record<string, Operation> = {
  Subscribe: subscribe,
  ConfirmSubscription: confirmSubscription,
  Unsubscribe: unsubscribe,
  ListSubscriptionsByTopic: listSubscriptionsByTopic,
};
