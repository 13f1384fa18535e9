/** Bounds and patterns of IAM's API model, and its default quotas (reference_iam-quotas.html). */
import type { Fields, TextRule } from '../core/fields.ts';

export const roleName = { required: true, min: 1, max: 64, pattern: /[\w+=,.@-]+/ } as const satisfies TextRule;
export const userName = { required: true, min: 1, max: 64, pattern: /[\w+=,.@-]+/ } as const satisfies TextRule;
/** Names of inline and managed policies, and of instance profiles. */
export const longName = { required: true, min: 1, max: 128, pattern: /[\w+=,.@-]+/ } as const satisfies TextRule;
export const pathRule = { min: 1, max: 512, pattern: /(\u002F)|(\u002F[\u0021-\u007E]+\u002F)/ } as const satisfies TextRule;
export const pathPrefix = { min: 1, max: 512, pattern: /\u002F[\u0021-\u007F]*/ } as const satisfies TextRule;
export const policyPath = { min: 1, max: 512, pattern: /((\/[A-Za-z0-9.,+@=_-]+)*)\// } as const satisfies TextRule;
export const policyDocument = {
  required: true,
  min: 1,
  max: 131_072,
  pattern: /[\u0009\u000A\u000D\u0020-\u00FF]+/,
} as const satisfies TextRule;
export const arnRule = { required: true, min: 20, max: 2048 } as const satisfies TextRule;
export const roleDescription = { max: 1000, pattern: /[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*/ } as const satisfies TextRule;

export const quotas = {
  rolesPerAccount: 1_000,
  usersPerAccount: 5_000,
  policiesPerAccount: 1_500,
  instanceProfilesPerAccount: 1_000,
  managedPoliciesPerPrincipal: 10,
  /** Characters without white space. */
  trustPolicy: 2_048,
  inlinePoliciesOfRole: 10_240,
  inlinePoliciesOfUser: 2_048,
  managedPolicy: 6_144,
  accessKeysPerUser: 2,
  tags: 50,
} as const;

/** "IAM doesn't count white space when calculating the size of a policy" (reference_iam-quotas.html). */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length;
}

/** Reads Marker and MaxItems of every list operation. */
export function readPage(fields: Fields): { marker: string | undefined; maxItems: number } {
  return {
    marker: fields.text('Marker', { min: 1, max: 320, pattern: /[\u0020-\u00FF]+/ }),
    maxItems: fields.integer('MaxItems', { min: 1, max: 1000 }) ?? 100,
  };
}
