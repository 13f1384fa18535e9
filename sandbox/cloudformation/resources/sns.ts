import type { HandlerContext, Properties, ResourceHandler } from './types.ts';
import { difference, documentText, items, isMissing, present, refuseExisting, tagsOf, unlessMissing } from './values.ts';

const TOPIC_ATTRIBUTES = ['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig'] as const;

/** AWS::SNS::Topic; Ref gives its ARN. */
export const snsTopic: ResourceHandler = {
  type: 'AWS::SNS::Topic',
  properties: [...TOPIC_ATTRIBUTES, 'Tags', 'TopicName'],
  required: [],
  attributes: ['TopicArn', 'TopicName'],
  createOnly: ['TopicName'],

  async create(properties, context) {
    await context.once('CreateTopic', async () => {
      const Name = String(properties.TopicName ?? context.generatedName(256));
      const expectedArn = `arn:${context.partition}:sns:${context.region}:${context.accountId}:${Name}`;
      await refuseExisting('AWS::SNS::Topic', expectedArn, () => context.invoke('sns', 'GetTopicAttributes', { TopicArn: expectedArn }));
      const tags = tagsOf(properties, context.stackTags);
      const { TopicArn } = await context.invoke<{ TopicArn: string }>(
        'sns',
        'CreateTopic',
        present({
          Name,
          Attributes: texts(properties, TOPIC_ATTRIBUTES),
          Tags: tags.length > 0 ? tags : undefined,
        }),
      );
      context.identify(TopicArn, { TopicArn, TopicName: Name });
    });
  },

  async update(before, after, context) {
    for (const AttributeName of TOPIC_ATTRIBUTES) {
      if (before[AttributeName] === after[AttributeName]) continue;
      const AttributeValue = String(after[AttributeName] ?? (AttributeName === 'SignatureVersion' ? '1' : ''));
      await context.invoke('sns', 'SetTopicAttributes', { TopicArn: context.resource.physicalId!, AttributeName, AttributeValue });
    }
  },

  async remove(_properties, context) {
    await unlessMissing(() => context.invoke('sns', 'DeleteTopic', { TopicArn: context.resource.physicalId! }));
  },
};

/** AWS::SNS::TopicPolicy; deleting it puts the topic's default policy back, which lets only its own account in. */
export const snsTopicPolicy: ResourceHandler = {
  type: 'AWS::SNS::TopicPolicy',
  properties: ['PolicyDocument', 'Topics'],
  required: ['PolicyDocument', 'Topics'],
  attributes: ['Id'],
  createOnly: [],

  async create(properties, context) {
    const id = context.generatedName(256);
    context.identify(id, { Id: id });
    for (const TopicArn of items(properties.Topics)) await setPolicy(TopicArn, documentText(properties.PolicyDocument), context);
  },

  async update(before, after, context) {
    for (const TopicArn of items(after.Topics)) await setPolicy(TopicArn, documentText(after.PolicyDocument), context);
    for (const TopicArn of difference(items(before.Topics), items(after.Topics)).removed) await resetPolicy(TopicArn, context);
  },

  async remove(properties, context) {
    for (const TopicArn of items(properties.Topics)) await resetPolicy(TopicArn, context);
  },
};

/** AWS::SNS::Subscription; Ref gives its ARN. */
export const snsSubscription: ResourceHandler = {
  type: 'AWS::SNS::Subscription',
  properties: ['Endpoint', 'FilterPolicy', 'Protocol', 'RawMessageDelivery', 'RedrivePolicy', 'TopicArn'],
  required: ['Protocol', 'TopicArn'],
  attributes: ['Arn'],
  createOnly: ['Endpoint', 'Protocol', 'TopicArn'],

  async create(properties, context) {
    await context.once('Subscribe', async () => {
      const { SubscriptionArn } = await context.invoke<{ SubscriptionArn: string }>('sns', 'Subscribe', {
        TopicArn: properties.TopicArn,
        Protocol: properties.Protocol,
        Endpoint: properties.Endpoint,
        Attributes: subscriptionAttributes(properties),
        ReturnSubscriptionArn: true,
      });
      context.identify(SubscriptionArn, { Arn: SubscriptionArn });
    });
  },

  async update(before, after, context) {
    const wanted = subscriptionAttributes(after);
    for (const [AttributeName, value] of Object.entries({ ...emptied(subscriptionAttributes(before)), ...wanted })) {
      await context.invoke('sns', 'SetSubscriptionAttributes', {
        SubscriptionArn: context.resource.physicalId!,
        AttributeName,
        AttributeValue: value,
      });
    }
  },

  async remove(_properties, context) {
    await unlessMissing(() => context.invoke('sns', 'Unsubscribe', { SubscriptionArn: context.resource.physicalId! }));
  },
};

function texts(properties: Properties, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => properties[name] !== undefined).map((name) => [name, String(properties[name])]));
}

function subscriptionAttributes(properties: Properties): Record<string, string> {
  const { FilterPolicy, RedrivePolicy } = properties;
  return {
    ...texts(properties, ['RawMessageDelivery']),
    ...(FilterPolicy === undefined ? {} : { FilterPolicy: documentText(FilterPolicy) }),
    ...(RedrivePolicy === undefined ? {} : { RedrivePolicy: documentText(RedrivePolicy) }),
  };
}

function emptied(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, name === 'RawMessageDelivery' ? 'false' : '{}']));
}

async function setPolicy(TopicArn: string, AttributeValue: string, context: HandlerContext): Promise<void> {
  await context.invoke('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}

async function resetPolicy(TopicArn: string, context: HandlerContext): Promise<void> {
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: [
      'SNS:GetTopicAttributes',
      'SNS:SetTopicAttributes',
      'SNS:DeleteTopic',
      'SNS:Subscribe',
      'SNS:ListSubscriptionsByTopic',
      'SNS:Publish',
    ],
    Resource: TopicArn,
    Condition: { StringEquals: { 'AWS:SourceOwner': context.accountId } },
  };
  try {
    await setPolicy(TopicArn, JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] }), context);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
