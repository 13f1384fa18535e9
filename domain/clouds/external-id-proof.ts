import { warningCodes } from './check.ts';
import type { CloudWarning } from './status.ts';

/** The outcome of asking a role without its external id (D12). */
export interface ExternalIdProof {
  /** True if AWS refused Muster without the external id. */
  enforced: boolean;
  askedAt: Date;
}

/** A role is asked without its external id at most once in this time, in milliseconds. */
export const proofLifetimeMs = 24 * 3_600_000;

/** Whether the time has come to ask a role without its external id. */
export function isProofDue(proof: ExternalIdProof | null, now: Date): boolean {
  return proof === null || now.getTime() - proof.askedAt.getTime() >= proofLifetimeMs;
}

const remedy = "Require one in the role's trust policy: a condition StringEquals on sts:ExternalId.";

/** The warning of a role that accepts Muster without its external id. */
export function unenforcedWarning(roleArn: string, { askedAt }: ExternalIdProof): CloudWarning {
  return {
    code: warningCodes.externalIdNotEnforced,
    message: `The role ${roleArn} accepts Muster without its external id. ${remedy} Muster asked at ${askedAt.toISOString()}, and asks each role at most once a day.`,
  };
}

/** The warning of a role for which Muster has no external id. */
export function absentExternalIdWarning(roleArn: string): CloudWarning {
  return {
    code: warningCodes.externalIdNotEnforced,
    message: `Muster has no external id for the role ${roleArn}. ${remedy} Then give Muster the external id with the credentials.`,
  };
}
