import type { Call, Operation } from '../core/service.ts';
import { partitionOf } from '../core/regions.ts';
import { authorizeResource } from '../resource-policy/index.ts';
import { invalidParameter, topicNotFound } from './errors.ts';
import { optionalText, requiredText, textMap } from './input.ts';
import { page } from './page.ts';
import { snsState } from './state.ts';
import type { StoredTopic } from './state.ts';

/** Accepted and answered back; Policy and SignatureVersion also have an effect. */
const settable = new Set(['DisplayName', 'KmsMasterKeyId', 'Policy', 'SignatureVersion', 'TracingConfig']);

/**
 * Finds a topic and checks that the caller may do `action` on it, by its own or by the topic's policy.
 * @throws AwsError NotFound, InvalidParameter, AuthorizationError.
 */
export function openTopic(call: Call, arn: string, action: string, context?: Record<string, string>): StoredTopic {
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/.test(arn)) throw invalidParameter('TopicArn');
  const topic = snsState.of(call.world).topics.get(arn);
  // A topic of another account must not be found out by its absence.
  if (topic === undefined && arn.split(':')[4] === call.caller.accountId) {
    call.authorize(`sns:${action}`, arn);
    throw topicNotFound();
  }
  authorizeResource(call, {
    action: `sns:${action}`,
    arn,
    ownerAccountId: arn.split(':')[4] ?? '',
    policy: topic?.attributes['Policy'],
    ...(context === undefined ? {} : { context }),
  });
  if (topic === undefined) throw topicNotFound();
  return topic;
}

/** Lets every identity of the owning account in, as its own policies allow; AWS gives each new topic such a policy. */
function defaultPolicy(arn: string, accountId: string): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
      },
    ],
  });
}

function checkAttributes(attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!settable.has(name)) throw invalidParameter(`AttributeName: ${name} is not supported here`);
    if (name === 'SignatureVersion' && value !== '1' && value !== '2') throw invalidParameter('SignatureVersion');
    if (name === 'Policy' && !isPolicy(value)) throw invalidParameter('Policy Error: null');
  }
}

function isPolicy(text: string): boolean {
  try {
    const statements = [(JSON.parse(text) as { Statement?: unknown }).Statement].flat();
    return statements.every((statement) => typeof statement === 'object' && statement !== null && 'Effect' in statement);
  } catch {
    return false;
  }
}

function tagsOf(value: unknown): Record<string, string> {
  const list = Array.isArray(value) ? (value as { Key: string; Value: string }[]) : [];
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** Creates a topic, or answers the ARN of an equal one. */
const createTopic: Operation = (input, call) => {
  const name = requiredText(input, 'Name');
  if (!/^[\w-]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
  const { accountId } = call.caller;
  const arn = `arn:${partitionOf(call.region)}:sns:${call.region}:${accountId}:${name}`;
  call.authorize('sns:CreateTopic', arn);
  const attributes = textMap(input['Attributes']);
  checkAttributes(attributes);
  const { topics } = snsState.of(call.world);
  const existing = topics.get(arn);
  if (existing !== undefined) {
    if (Object.entries(attributes).some(([key, value]) => existing.attributes[key] !== value)) {
      throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
    }
    return { TopicArn: arn };
  }
  topics.set(arn, {
    arn,
    name,
    accountId,
    region: call.region,
    attributes: { DisplayName: '', Policy: defaultPolicy(arn, accountId), ...attributes },
    tags: tagsOf(input['Tags']),
  });
  call.world.touch();
  return { TopicArn: arn };
};

/** Also ends its subscriptions. Deleting a topic that is gone succeeds. */
const deleteTopic: Operation = (input, call) => {
  const arn = requiredText(input, 'TopicArn');
  const { subscriptions, topics } = snsState.of(call.world);
  const topic = topics.get(arn);
  if (topic === undefined) {
    call.authorize('sns:DeleteTopic', arn);
    return {};
  }
  openTopic(call, arn, 'DeleteTopic');
  topics.delete(arn);
  for (const subscription of [...subscriptions.values()]) {
    if (subscription.topicArn === arn) subscriptions.delete(subscription.arn);
  }
  call.world.touch();
  return {};
};

const getTopicAttributes: Operation = (input, call) => {
  const topic = openTopic(call, requiredText(input, 'TopicArn'), 'GetTopicAttributes');
  const ours = [...snsState.of(call.world).subscriptions.values()].filter((subscription) => subscription.topicArn === topic.arn);
  const confirmed = ours.filter((subscription) => subscription.confirmed).length;
  return {
    Attributes: new Map(
      Object.entries({
        TopicArn: topic.arn,
        Owner: topic.accountId,
        SubscriptionsConfirmed: String(confirmed),
        SubscriptionsPending: String(ours.length - confirmed),
        SubscriptionsDeleted: '0',
        ...topic.attributes,
      }),
    ),
  };
};

const setTopicAttributes: Operation = (input, call) => {
  const topic = openTopic(call, requiredText(input, 'TopicArn'), 'SetTopicAttributes');
  const name = requiredText(input, 'AttributeName');
  const value = optionalText(input, 'AttributeValue') ?? '';
  checkAttributes({ [name]: value });
  topic.attributes[name] = value;
  call.world.touch();
  return {};
};

const listTopics: Operation = (input, call) => {
  const { accountId } = call.caller;
  call.authorize('sns:ListTopics', `arn:${partitionOf(call.region)}:sns:${call.region}:${accountId}:*`);
  const arns = [...snsState.of(call.world).topics.values()]
    .filter((topic) => topic.accountId === accountId && topic.region === call.region)
    .map((topic) => ({ TopicArn: topic.arn }));
  const { items, next } = page(arns, optionalText(input, 'NextToken'));
  return { Topics: items, ...next };
};

export const topicOperations: Record<string, Operation> = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  GetTopicAttributes: getTopicAttributes,
  SetTopicAttributes: setTopicAttributes,
  ListTopics: listTopics,
};
