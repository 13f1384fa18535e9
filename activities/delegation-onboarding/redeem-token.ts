import { GetDelegatedAccessTokenCommand } from '@aws-sdk/client-sts';
import { cancellationSignal } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { notificationInbox } from '../../db/schema/index.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';
import type { SessionCredentials } from '../aws/clients.ts';
import { awsCodeOf, awsFailure, knownFailure } from '../aws/errors.ts';

/**
 * Trades an exchange token for the delegated credentials. AWS accepts a token several times until it expires, so the
 * credentials live only as long as the activity that needs them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html
 */
export async function redeemToken(
  { db, sealer, aws }: Pick<ActivityDependencies, 'db' | 'sealer' | 'aws'>,
  tokenReference: string,
): Promise<SessionCredentials> {
  const [row] = await db
    .select({ sealedToken: notificationInbox.sealedToken })
    .from(notificationInbox)
    .where(eq(notificationInbox.id, tokenReference));
  if (!row?.sealedToken) {
    throw failure(failureTypes.precondition, 'The exchange token is no longer stored', { code: 'token_not_received' });
  }
  const token = await sealer.open<string>(row.sealedToken, { table: 'notification_inbox', id: tokenReference });
  try {
    const { Credentials } = await aws.sts.send(new GetDelegatedAccessTokenCommand({ TradeInToken: token }), {
      abortSignal: cancellationSignal(),
    });
    if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken) {
      throw failure(failureTypes.transient, 'AWS returned no credentials for the exchange token', { code: 'aws_unavailable' });
    }
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
  } catch (error) {
    const known = knownFailure(error);
    if (known) throw known;
    const isExpired = awsCodeOf(error)?.startsWith('ExpiredTradeInToken');
    throw awsFailure(error, 'The exchange token was not accepted', isExpired ? 'token_expired' : 'token_refused', token);
  }
}
