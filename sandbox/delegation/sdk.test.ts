/** The whole way of a delegation over HTTP, with unmodified AWS SDK clients on both sides. */
import {
  AcceptDelegationRequestCommand,
  SendDelegationTokenCommand,
  AssociateDelegationRequestCommand,
  CreateDelegationRequestCommand,
  CreateRoleCommand,
  GetDelegationRequestCommand,
  IAMClient,
  ListDelegationRequestsCommand,
} from '@aws-sdk/client-iam';
import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, GetDelegatedAccessTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueUrlOf, startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { boundaryArn, requestInput, templateArn, topicArn } from '../fixtures/partner.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';
import { revoke } from './index.ts';

let sandbox: Sandbox;
const config = (accessKeyId: string, secretAccessKey = 'any', sessionToken?: string): object => ({
  endpoint: sandbox.baseUrl,
  region: 'us-east-1',
  maxAttempts: 1,
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
});

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

/** The messages of the partner's own queue, in which IAM's notifications arrive. */
async function listen(sqs: SQSClient, count: number): Promise<Record<string, string>[]> {
  const heard: Record<string, string>[] = [];
  while (heard.length < count) {
    const QueueUrl = queueUrlOf(sandbox);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 }));
    if (Messages === undefined) break;
    for (const { Body, ReceiptHandle } of Messages) {
      heard.push(JSON.parse((JSON.parse(Body!) as { Message: string }).Message) as Record<string, string>);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  return heard;
}

describe('over HTTP with the AWS SDK', () => {
  it('D2 D3 D4 create, claim, accept, hear of it, redeem, create a role with the boundary, revoke', async () => {
    const partner = {
      iam: new IAMClient(config(partnerAccount)),
      sts: new STSClient(config(partnerAccount)),
      sqs: new SQSClient(config(partnerAccount)),
    };
    const customer = new IAMClient(config(customerAccount));
    const { ConsoleDeepLink, DelegationRequestId } = await partner.iam.send(
      new CreateDelegationRequestCommand({
        OwnerAccountId: customerAccount,
        Description: 'Onboard <your> account & go',
        Permissions: {
          PolicyTemplateArn: templateArn,
          Parameters: [
            { Name: 'AccountId', Values: [customerAccount], Type: 'string' },
            { Name: 'RoleNames', Values: ['harvest', 'audit'], Type: 'stringList' },
          ],
        },
        RequestorWorkflowId: 'workflow-1-1',
        NotificationChannel: topicArn,
        SessionDuration: 3600,
        OnlySendByOwner: false,
      }),
    );
    expect((await fetch(ConsoleDeepLink!)).status).toBe(200);
    await customer.send(new AssociateDelegationRequestCommand({ DelegationRequestId }));
    const { DelegationRequest, PermissionCheckStatus } = await customer.send(
      new GetDelegationRequestCommand({ DelegationRequestId, DelegationPermissionCheck: true }),
    );
    expect(PermissionCheckStatus).toBe('COMPLETE');
    expect(DelegationRequest).toMatchObject({
      State: 'ASSIGNED',
      Description: 'Onboard <your> account & go',
      OnlySendByOwner: false,
      SessionDuration: 3600,
    });
    expect(DelegationRequest!.Permissions!.Parameters![1]!.Values).toEqual(['harvest', 'audit']);
    expect(DelegationRequest!.ExpirationTime).toBeInstanceOf(Date);
    expect(await customer.send(new ListDelegationRequestsCommand({}))).toMatchObject({
      isTruncated: false,
      DelegationRequests: [{ DelegationRequestId }],
    });
    await customer.send(new AcceptDelegationRequestCommand({ DelegationRequestId }));
    await customer.send(new SendDelegationTokenCommand({ DelegationRequestId }));

    const heard = await listen(partner.sqs, 4);
    expect(heard.map(({ State, Type }) => `${Type} ${State}`)).toEqual([
      'StateChange ASSIGNED',
      'StateChange ACCEPTED',
      'StateChange FINALIZED',
      'ExchangeToken FINALIZED',
    ]);
    const { Credentials } = await partner.sts.send(new GetDelegatedAccessTokenCommand({ TradeInToken: heard[3]!['ExchangeToken'] }));
    const delegated = config(Credentials!.AccessKeyId!, Credentials!.SecretAccessKey, Credentials!.SessionToken);
    expect(await new STSClient(delegated).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: customerAccount });
    const role = {
      RoleName: 'harvest',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: partnerAccount }, Action: 'sts:AssumeRole' }],
      }),
    };
    const iam = new IAMClient(delegated);
    await expect(iam.send(new CreateRoleCommand(role))).rejects.toMatchObject({ name: 'AccessDenied' });
    await iam.send(new CreateRoleCommand({ ...role, PermissionsBoundary: boundaryArn }));
    revoke(sandbox.world, DelegationRequestId!);
    await expect(new STSClient(delegated).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it("names errors as the SDK's own classes", async () => {
    const customer = new IAMClient(config(customerAccount));
    await expect(customer.send(new AcceptDelegationRequestCommand({ DelegationRequestId: 'dr-0123456789abcdef' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    const partner = new IAMClient(config(partnerAccount));
    const input = {
      ...requestInput(),
      SessionDuration: 3600,
      NotificationChannel: topicArn,
      RequestorWorkflowId: 'again',
    };
    const create = new CreateDelegationRequestCommand(input as never);
    await partner.send(create);
    await expect(partner.send(create)).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    const sts = new STSClient(config(partnerAccount));
    await expect(sts.send(new GetDelegatedAccessTokenCommand({ TradeInToken: 'eyJ.x.y' }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const sqs = new SQSClient(config(partnerAccount));
    const QueueUrl = `${sandbox.baseUrl}/${partnerAccount}/none`;
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it('carries maps, lists and attributes of SNS and SQS both ways', async () => {
    const sns = new SNSClient(config(customerAccount));
    const sqs = new SQSClient(config(customerAccount));
    const queueArn = `arn:aws:sqs:us-east-1:${customerAccount}:wire`;
    const Policy = JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
    });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'wire', Attributes: { Policy }, tags: { a: 'b' } }));
    const { TopicArn } = await sns.send(
      new CreateTopicCommand({ Name: 'wire', Attributes: { SignatureVersion: '2' }, Tags: [{ Key: 'a', Value: 'b' }] }),
    );
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ SignatureVersion: '2', Owner: customerAccount });
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes: { RawMessageDelivery: 'true' } }));
    expect((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toMatchObject([
      { Endpoint: queueArn, Protocol: 'sqs' },
    ]);
    await sns.send(
      new PublishCommand({ TopicArn, Message: 'a&b', MessageAttributes: { colour: { DataType: 'String', StringValue: 'red' } } }),
    );
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'] }));
    expect(Messages).toMatchObject([{ Body: 'a&b', MessageAttributes: { colour: { StringValue: 'red' } } }]);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'x',
        MessageAttributes: { b: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) } },
      }),
    );
    const { Messages: second } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }),
    );
    expect(second![0]!.MessageAttributes!['b']!.BinaryValue).toEqual(new Uint8Array([1, 2]));
    expect((await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes).toMatchObject({
      QueueArn: queueArn,
    });
  });
});
