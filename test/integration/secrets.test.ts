import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiAnswers, databaseDump, exportedHistories, filesWritten, findSecrets, formsOf } from '../support/hiding-places.ts';
import { externalIdOf, TestStack } from '../support/stack.ts';
import { spyOnTokens } from '../support/token-spy.ts';

/** Temporary credentials, wherever they come from: AWS's access key ids begin like this. */
const temporaryKey = /ASIA[A-Z0-9]{12,}/;

describe('D11: what nobody but AWS and us may know', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterAll(() => stack?.stop());

  it('the token, the delegated credentials and the external id are in no history, log, answer, table or store', async () => {
    const account = stack.newAccount();
    const token = await spyOnTokens(stack.info.awsEndpointUrl);
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    const secrets = [await token(), externalIdOf((await stack.role(account, 'MusterHarvesting'))!)];

    const histories = await exportedHistories(stack);
    const answers = await apiAnswers(stack, done);
    const tables = await databaseDump(stack);
    const files = await filesWritten(stack);
    // The search reads what it claims to read: a payload decoded, a sealed value, a log.
    expect(histories.map(({ text }) => text).join()).toContain('"tokenReference":"');
    expect(tables.find(({ where }) => where === 'table credential_sets')?.text).toContain('\\x');
    expect(files.map(({ where }) => where).join()).toMatch(/worker\.log.*|api\.log/);
    expect(findSecrets([...histories, ...answers, ...tables, ...files], secrets, temporaryKey)).toEqual([]);

    const tokens = await stack.sql`select count(*)::int as left from notification_inbox where sealed_token is not null`;
    expect(tokens[0]!.left).toBe(0);
  });
});

describe('the search itself', () => {
  const secret = 'a-secret-of-some-length/with+signs';
  it.each([
    ['plain', `before ${secret} after`],
    ['hex, as Postgres shows bytes', `\\x00${Buffer.from(secret).toString('hex')}`],
    ...[0, 1, 2, 3].map((offset) => [
      `base64 at offset ${offset}`,
      Buffer.from(`${'x'.repeat(offset)}${secret} and more`).toString('base64'),
    ]),
  ])('finds a secret in %s', (_form, text) => {
    expect(findSecrets([{ where: 'here', text }], [secret], temporaryKey)).toEqual(['here']);
  });

  it('finds temporary credentials, and nothing where nothing is', () => {
    expect(findSecrets([{ where: 'here', text: 'key ASIAABCDEFGHIJKLMNOP' }], [], temporaryKey)).toEqual(['here']);
    expect(findSecrets([{ where: 'here', text: 'all is well' }], [secret], temporaryKey)).toEqual([]);
    expect(formsOf(secret).every((form) => form.length > 20)).toBe(true);
  });
});
