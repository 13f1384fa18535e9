/** A registered partner with a topic and a queue to hear from, for tests of delegation. */
import { registerPartner } from '../delegation/index.ts';
import type { PartnerRegistration } from '../delegation/index.ts';
import { customerAccount, partnerAccount } from './world.ts';
import type { TestWorld } from './world.ts';

export const topicArn = `arn:aws:sns:us-east-1:${partnerAccount}:notifications`;
export const templateArn = 'arn:aws:iam::partner:policy-template/partner.example/test_20260101';
export const boundaryArn = 'arn:aws:iam::partner:policy/permission_boundary/partner.example/test_20260101';

const queueArn = `arn:aws:sqs:us-east-1:${partnerAccount}:notifications`;

export const registration: PartnerRegistration = {
  partnerName: 'Partner',
  partnerDomain: 'partner.example',
  accountIds: [partnerAccount],
  policyTemplates: [
    {
      arn: templateArn,
      document: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['iam:CreateRole', 'iam:PutRolePolicy'],
            Resource: 'arn:aws:iam::@{AccountId}:role/@{RoleNames}',
            Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
          },
          { Effect: 'Allow', Action: ['iam:GetRole'], Resource: 'arn:aws:iam::@{AccountId}:role/@{RoleNames}' },
        ],
      },
    },
  ],
  permissionsBoundaries: [
    {
      arn: boundaryArn,
      document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:ListAllMyBuckets'], Resource: '*' }] },
    },
  ],
};

/** Input of CreateDelegationRequest that AWS accepts. */
export function requestInput(): Record<string, unknown> {
  return {
    OwnerAccountId: customerAccount,
    Description: 'Onboard your account',
    Permissions: {
      PolicyTemplateArn: templateArn,
      Parameters: [
        { Name: 'AccountId', Values: [customerAccount], Type: 'string' },
        { Name: 'RoleNames', Values: ['harvest'], Type: 'stringList' },
      ],
    },
    RequestorWorkflowId: 'workflow-1',
    NotificationChannel: topicArn,
    SessionDuration: '3600',
  };
}

/** Registers the partner and gives it its topic and queue, with the policies that AWS asks for. */
export async function setUpPartner(test: TestWorld): Promise<void> {
  registerPartner(test.world, registration);
  const partner = test.as(partnerAccount);
  const topicPolicy = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'iam.amazonaws.com' }, Action: 'SNS:Publish', Resource: topicArn },
  };
  const queuePolicy = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queueArn },
  };
  await partner('sns', 'CreateTopic', { Name: 'notifications', Attributes: { Policy: JSON.stringify(topicPolicy) } });
  await partner('sqs', 'CreateQueue', { QueueName: 'notifications', Attributes: { Policy: JSON.stringify(queuePolicy) } });
  await partner('sns', 'Subscribe', { TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn });
}

/** What the partner has heard so far, oldest first, once everything is delivered. */
export async function notifications(test: TestWorld): Promise<Record<string, string>[]> {
  const { sns, sqs } = test.world.state;
  while (sns.deliveries.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return sqs.queues
    .get(queueArn)!
    .messages.map(({ body }) => JSON.parse((JSON.parse(body) as { Message: string }).Message) as Record<string, string>);
}
