/**
 * Muster's own account: the account of its caller role, whichever identity makes a call. Roles there may trust the account
 * as a whole, so that any caller of the API could reach them through Muster (the "confused deputy"). Muster therefore
 * assumes no role in it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export interface OwnAccount {
  accountId: string;
  /** The one role of the account that Muster may assume, by the operator's decision; null for none. */
  allowedRoleArn: string | null;
}

/** The account id in an ARN; an empty text if the ARN has none. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** Whether Muster must not assume a role because it is in Muster's own account. Compares texts, without a call to AWS. */
export function isForbiddenOwnRole(own: OwnAccount, roleArn: string): boolean {
  return accountOfArn(roleArn) === own.accountId && roleArn !== own.allowedRoleArn;
}
