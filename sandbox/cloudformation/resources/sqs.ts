import type { HandlerContext, Properties, ResourceHandler } from './types.ts';
import { difference, documentText, items, present, refuseExisting, tagsOf, unlessMissing } from './values.ts';

/** Attributes with the value that SQS gives when none is set (SetQueueAttributes API reference). */
const QUEUE_DEFAULTS: Record<string, string> = {
  DelaySeconds: '0',
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};

/** AWS::SQS::Queue; Ref gives its URL. */
export const sqsQueue: ResourceHandler = {
  type: 'AWS::SQS::Queue',
  properties: [...Object.keys(QUEUE_DEFAULTS), 'QueueName', 'Tags'],
  required: [],
  attributes: ['Arn', 'QueueName', 'QueueUrl'],
  createOnly: ['QueueName'],

  async create(properties, context) {
    await context.once('CreateQueue', async () => {
      const QueueName = String(properties.QueueName ?? context.generatedName(80));
      await refuseExisting('AWS::SQS::Queue', QueueName, () => context.invoke('sqs', 'GetQueueUrl', { QueueName }));
      const tags = tagsOf(properties, context.stackTags).map(({ Key, Value }) => [Key, Value] as const);
      const { QueueUrl } = await context.invoke<{ QueueUrl: string }>(
        'sqs',
        'CreateQueue',
        present({
          QueueName,
          Attributes: queueAttributes(properties),
          tags: tags.length > 0 ? Object.fromEntries(tags) : undefined,
        }),
      );
      context.identify(QueueUrl, { QueueName, QueueUrl });
    });
    await context.once('GetQueueAttributes', async () => {
      const QueueUrl = context.resource.physicalId!;
      const { Attributes } = await context.invoke<{ Attributes: { QueueArn: string } }>('sqs', 'GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      });
      context.identify(QueueUrl, { ...context.resource.attributes, Arn: Attributes.QueueArn });
    });
  },

  async update(before, after, context) {
    const wanted = queueAttributes(after);
    const dropped = Object.keys(queueAttributes(before)).filter((name) => !(name in wanted));
    await context.invoke('sqs', 'SetQueueAttributes', {
      QueueUrl: context.resource.physicalId!,
      Attributes: { ...Object.fromEntries(dropped.map((name) => [name, QUEUE_DEFAULTS[name]!])), ...wanted },
    });
  },

  async remove(_properties, context) {
    await unlessMissing(() => context.invoke('sqs', 'DeleteQueue', { QueueUrl: context.resource.physicalId! }));
  },
};

/** AWS::SQS::QueuePolicy. */
export const sqsQueuePolicy: ResourceHandler = {
  type: 'AWS::SQS::QueuePolicy',
  properties: ['PolicyDocument', 'Queues'],
  required: ['PolicyDocument', 'Queues'],
  attributes: ['Id'],
  createOnly: [],

  async create(properties, context) {
    const id = context.generatedName(256);
    context.identify(id, { Id: id });
    await setPolicy(items(properties.Queues), documentText(properties.PolicyDocument), context);
  },

  async update(before, after, context) {
    await setPolicy(items(after.Queues), documentText(after.PolicyDocument), context);
    await clearPolicy(difference(items(before.Queues), items(after.Queues)).removed, context);
  },

  async remove(properties, context) {
    await clearPolicy(items(properties.Queues), context);
  },
};

function queueAttributes(properties: Properties): Record<string, string> {
  const names = Object.keys(QUEUE_DEFAULTS).filter((name) => properties[name] !== undefined);
  return Object.fromEntries(
    names.map((name) => {
      const value = properties[name];
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    }),
  );
}

async function setPolicy(queues: string[], Policy: string, context: HandlerContext): Promise<void> {
  for (const QueueUrl of queues) await context.invoke('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
}

async function clearPolicy(queues: string[], context: HandlerContext): Promise<void> {
  for (const queue of queues) await unlessMissing(() => setPolicy([queue], '', context));
}
