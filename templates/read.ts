import { readFileSync } from 'node:fs';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/** The stack that is deployed into a customer's account, as CloudFormation text. */
export function accountOnboardingTemplate(): string {
  return read('./account-onboarding.yaml');
}

/** The stack with both roles that is deployed into an organization's management account, as CloudFormation text. */
export function organizationManagementTemplate(): string {
  return read('./organization-management.yaml');
}

/** The stack that a stack set brings into every other account of an organization, as CloudFormation text. */
export function memberRoleTemplate(): string {
  return read('./organization-member-role.yaml');
}

/** The delegated permission policy for a single account with its `@{…}` parameters, as registered with AWS. */
export function accountPolicyTemplate(): unknown {
  return JSON.parse(read('./delegation/account-policy.json'));
}

/** The delegated permission policy for an organization with its `@{…}` parameters, as registered with AWS. */
export function organizationPolicyTemplate(): unknown {
  return JSON.parse(read('./delegation/organization-policy.json'));
}
