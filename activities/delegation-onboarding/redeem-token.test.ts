import { randomBytes } from 'node:crypto';
import { GetDelegatedAccessTokenCommand } from '@aws-sdk/client-sts';
import { CancelledFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { notificationInbox } from '../../db/schema/index.ts';
import { parseSealingKeys } from '../../config/sealing-keys.ts';
import { createSealer, SealingKeyMissing } from '../../db/sealing/sealer.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { inActivity } from '../../test/support/sandbox-aws.ts';
import type { AwsClients } from '../aws/clients.ts';
import { redeemToken } from './redeem-token.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

const token = 'eyJhbGciOi.a-token-that-opens-an-account';
const awsError = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });

/** Stores a token as the inbox does, and redeems it at an AWS with this answer. Uses the sealing keys that encrypted it by default. */
async function redeem(answer: (command: GetDelegatedAccessTokenCommand) => unknown, sealer = registry.sealer) {
  const id = newId();
  const { bytes: sealedToken, keyId: tokenKeyId } = await registry.sealer.seal(token, { table: 'notification_inbox', id });
  await registry.db
    .insert(notificationInbox)
    .values({ id, messageId: id, source: 'queue', type: 'ExchangeToken', sealedToken, tokenKeyId });
  const aws = { sts: { send: async (command: GetDelegatedAccessTokenCommand) => answer(command) } } as unknown as AwsClients;
  return await inActivity(() => redeemToken({ db: registry.db, sealer, aws }, id));
}

describe('redeeming the exchange token', () => {
  it('sends the stored token to AWS, and returns the credentials', async () => {
    const Credentials = { AccessKeyId: 'ASIA1', SecretAccessKey: 's', SessionToken: 't' };
    const given: unknown[] = [];
    const credentials = await redeem(({ input }) => {
      given.push(input);
      return { Credentials };
    });
    expect([given, credentials]).toEqual([[{ TradeInToken: token }], { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't' }]);
  });

  it('S7: is left to another worker by a worker without the newest sealing key', async () => {
    const behind = createSealer(parseSealingKeys(`old:${randomBytes(32).toString('base64')}`));
    const redeeming = redeem(() => expect.unreachable('nothing was opened'), behind);
    await expect(redeeming).rejects.toBeInstanceOf(SealingKeyMissing);
  });

  it('D9: is cancelled by a cancellation, and not a refused token', async () => {
    const redeeming = redeem(() => {
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    });
    await expect(redeeming).rejects.toBeInstanceOf(CancelledFailure);
  });

  it.each([
    ['ExpiredTradeInTokenException', 'token_expired'],
    ['ValidationError', 'token_refused'],
  ])('D11: an AWS that repeats the token in its %s brings it into no error, and the rest of its words stay', async (name, code) => {
    const message = `1 validation error detected: Value '${token}' at 'tradeInToken' failed to satisfy constraint`;
    const error: unknown = await redeem(() => {
      throw awsError(name, message);
    }).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ details: [{ code, awsCode: name }], message: expect.stringContaining("at 'tradeInToken' failed") });
    const { message: told, stack } = error as Error;
    expect(told + stack).not.toContain(token);
  });
});
