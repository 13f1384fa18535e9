import { readFileSync } from 'node:fs';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/** The stack that is deployed into a customer's account, as CloudFormation text. */
export function accountOnboardingTemplate(): string {
  return read('./account-onboarding.yaml');
}

/** The delegated permission policy with its `@{…}` parameters, as registered with AWS. */
export function accountPolicyTemplate(): unknown {
  return JSON.parse(read('./delegation/account-policy.json'));
}
