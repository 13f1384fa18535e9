import type { PartnerRegistration } from '../delegation/registration.ts';

/** The partner: the product under test, which asks customers for access to their accounts. Every part is optional. */
export interface PartnerSettings {
  /** The partner's own account, 12 digits. */
  accountId: string;
  /**
   * A CloudFormation stack in the partner's account, for its roles, topics and queues. The sandbox deploys it before it
   * answers, again after a reset, and updates it when a data file holds an older template.
   */
  stack?: { name: string; templateBody: string };
  /** The instance profile of the partner's machine. The metadata service hands out credentials of its role. */
  instanceProfileName?: string;
  /** Enables IAM temporary delegation for the partner. */
  registration?: PartnerRegistration;
  /** Names of the roles that POST /_sandbox/organizations makes, unless the request names them. */
  organizationRoleNames?: { organization: string; member: string };
}
