import type { STSClient } from '@aws-sdk/client-sts';
import { isForbiddenOwnRole, type OwnAccount } from '../../domain/aws/own-account.ts';

/** Muster itself refused to assume a role of its own account. AWS was not called. */
export class OwnAccountError extends Error {
  override readonly name = 'OwnAccountRole';

  constructor(roleArn: string) {
    super(
      `The role ${roleArn} is in Muster's own account, so Muster did not assume it: an API caller could reach Muster's own roles this way. ` +
        `If Muster is to read its own account, set MUSTER_OWN_ACCOUNT_ROLE on the workers to ${roleArn}, and the parameter OwnAccountRoleArn of muster-caller.yaml too.`,
    );
  }
}

/**
 * Makes an STS client refuse to assume roles of Muster's own account, before it calls AWS. The client is the one place
 * that every attempt passes.
 */
export function refuseOwnAccount(sts: STSClient, own: OwnAccount): void {
  sts.middlewareStack.add(
    (next) => async (args) => {
      const roleArn = 'RoleArn' in args.input ? args.input.RoleArn : undefined;
      if (roleArn !== undefined && isForbiddenOwnRole(own, roleArn)) throw new OwnAccountError(roleArn);
      return await next(args);
    },
    { step: 'initialize', priority: 'high', name: 'musterRefuseOwnAccount' },
  );
}
