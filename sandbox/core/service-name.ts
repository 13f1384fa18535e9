export type ServiceName =
  | 'sts'
  | 'iam'
  | 'cloudformation'
  | 'sns'
  | 'sqs'
  | 'organizations'
  | 'tagging'
  /** Resource types the sandbox has no API for, such as EC2 behind an instance profile. */
  | 'ec2';
