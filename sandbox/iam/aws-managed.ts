/**
 * AWS's own managed policies, by ARN. Their documents are far longer and change monthly; these hold what they are for
 * (docs.aws.amazon.com/aws-managed-policy/latest/reference/): which services' reads, and what is left out.
 */
import type { PolicyDocument } from '../policy/document.ts';

/** Services whose reads the audit policies grant. */
const audited = [
  'access-analyzer',
  'account',
  'acm',
  'apigateway',
  'athena',
  'autoscaling',
  'backup',
  'batch',
  'bedrock',
  'cloudformation',
  'cloudfront',
  'cloudtrail',
  'cloudwatch',
  'codebuild',
  'config',
  'dms',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'eks',
  'elasticache',
  'elasticbeanstalk',
  'elasticfilesystem',
  'elasticloadbalancing',
  'elasticmapreduce',
  'es',
  'events',
  'firehose',
  'glue',
  'guardduty',
  'iam',
  'inspector2',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'macie2',
  'organizations',
  'rds',
  'redshift',
  'route53',
  'route53domains',
  's3',
  'sagemaker',
  'secretsmanager',
  'securityhub',
  'ses',
  'shield',
  'sns',
  'sqs',
  'ssm',
  'states',
  'tag',
  'trustedadvisor',
  'waf',
  'wafv2',
  'workspaces',
];

function allow(...actions: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}

/** Reads of configuration, never of data: SecurityAudit's Get actions are named one by one. */
const securityAudit = allow(
  ...audited.flatMap((name) => [`${name}:Describe*`, `${name}:List*`]),
  'access-analyzer:Get*',
  'account:GetAlternateContact',
  'apigateway:GET',
  'athena:GetWorkGroup',
  'backup:GetBackupVaultAccessPolicy',
  'bedrock:Get*',
  'cloudformation:GetStackPolicy',
  'cloudfront:Get*',
  'cloudtrail:Get*',
  'codebuild:BatchGetProjects',
  'config:Get*',
  'ec2:GetEbsDefaultKmsKeyId',
  'ec2:GetEbsEncryptionByDefault',
  'ec2:GetSnapshotBlockPublicAccessState',
  'ecr:GetRegistryPolicy',
  'ecr:GetRepositoryPolicy',
  'elasticmapreduce:GetBlockPublicAccessConfiguration',
  'glue:GetDataCatalogEncryptionSettings',
  'glue:GetSecurityConfigurations',
  'guardduty:Get*',
  'iam:GenerateCredentialReport',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:Get*',
  'iam:SimulateCustomPolicy',
  'iam:SimulatePrincipalPolicy',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'lambda:GetAccountSettings',
  'lambda:GetFunctionConfiguration',
  'lambda:GetPolicy',
  'macie2:Get*',
  'route53:Get*',
  's3:GetAccelerateConfiguration',
  's3:GetAccountPublicAccessBlock',
  's3:GetBucket*',
  's3:GetEncryptionConfiguration',
  's3:GetLifecycleConfiguration',
  's3:GetReplicationConfiguration',
  'secretsmanager:GetResourcePolicy',
  'securityhub:Get*',
  'ses:GetIdentityPolicies',
  'sns:Get*',
  'sqs:GetQueueAttributes',
  'tag:GetResources',
  'tag:GetTagKeys',
  'waf:Get*',
  'wafv2:Get*',
);

const viewOnly = allow(
  ...audited.filter((name) => name !== 'kms').flatMap((name) => [`${name}:Describe*`, `${name}:List*`]),
  'kms:ListKeys',
  'kms:ListAliases',
);

/** Reads of configuration and data. */
const readOnly = allow(
  ...audited.flatMap((name) => [`${name}:Describe*`, `${name}:List*`, `${name}:Get*`, `${name}:BatchGet*`]),
  's3:Get*',
  'sts:GetCallerIdentity',
);

const policies = new Map<string, string>(
  Object.entries({
    'arn:aws:iam::aws:policy/AdministratorAccess': allow('*'),
    'arn:aws:iam::aws:policy/PowerUserAccess': {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
        { Effect: 'Allow', Action: ['iam:ListRoles', 'organizations:DescribeOrganization', 'account:ListRegions'], Resource: '*' },
      ],
    } satisfies PolicyDocument,
    'arn:aws:iam::aws:policy/ReadOnlyAccess': readOnly,
    'arn:aws:iam::aws:policy/SecurityAudit': securityAudit,
    'arn:aws:iam::aws:policy/job-function/ViewOnlyAccess': viewOnly,
    'arn:aws:iam::aws:policy/IAMFullAccess': allow('iam:*', 'organizations:DescribeAccount', 'organizations:DescribeOrganization'),
    'arn:aws:iam::aws:policy/IAMReadOnlyAccess': allow(
      'iam:Get*',
      'iam:List*',
      'iam:GenerateCredentialReport',
      'iam:SimulateCustomPolicy',
      'iam:SimulatePrincipalPolicy',
    ),
    'arn:aws:iam::aws:policy/AWSCloudFormationFullAccess': allow('cloudformation:*'),
    'arn:aws:iam::aws:policy/AWSOrganizationsReadOnlyAccess': allow(
      'organizations:Describe*',
      'organizations:List*',
      'account:GetContactInformation',
      'account:ListRegions',
    ),
  }).map(([arn, document]) => [arn, JSON.stringify(document)]),
);

/** The document's text, alike in every partition; undefined for a policy that the sandbox does not hold. */
export function awsManagedPolicy(arn: string): string | undefined {
  return policies.get(arn.replace(/^arn:[^:]+:/, 'arn:aws:'));
}
