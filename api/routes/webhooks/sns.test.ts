import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { delegationRequests, notificationInbox } from '../../../db/schema/index.ts';
import type { InboxRow } from '../../../db/schema/rows.ts';
import type { WebhookTrust } from '../../../notifications/webhook/believe.ts';
import { createSigningCertificates } from '../../../notifications/webhook/certificates.ts';
import { withConnection } from '../../../dev/postgres/server.ts';
import { newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiAnswer, type ApiHarness } from '../../../test/support/api/harness.ts';
import { serveOverHttp } from '../../../test/support/api/over-http.ts';
import { certificateUrl, createSnsSigner, type SnsSigner } from '../../../test/support/sns-signer.ts';
import { createWebhookLimits } from '../../services/webhooks/limits.ts';

const topicArn = 'arn:aws:sns:us-east-1:909090909090:ours';
const secret = 'eyJ-the-exchange-token';
const minute = 60_000;
let api: ApiHarness;
let trust: WebhookTrust;
let signer: SnsSigner;
let forger: SnsSigner;
let loaded: string[];
let answerCertificate: () => Promise<string>;
let sent: InboxRow[];
let send: () => Promise<boolean>;
/** Stands in for SNS at the one other trusted origin. */
let sns: Server;
let snsOrigin: string;
let snsRequests: string[];
let snsStatus: number;

beforeAll(async () => {
  signer = await createSnsSigner(topicArn);
  forger = await createSnsSigner(topicArn);
  sns = createServer((request, response) => {
    snsRequests.push(request.url!);
    response.writeHead(snsStatus, { location: '/elsewhere' }).end('<ConfirmSubscriptionResponse/>');
  });
  await new Promise<void>((resolve) => sns.listen(0, '127.0.0.1', resolve));
  snsOrigin = `http://127.0.0.1:${(sns.address() as AddressInfo).port}`;
  trust = { topicArn, otherOrigin: snsOrigin, certificates: createSigningCertificates() };
  const signals = {
    send: async (row: InboxRow) => {
      sent.push(row);
      return await send();
    },
  };
  api = await startApi({ webhook: { trust, signals } });
});
afterAll(async () => {
  await api.close();
  await new Promise((resolve) => sns.close(resolve));
});
beforeEach(async () => {
  [loaded, sent, snsRequests, snsStatus] = [[], [], [], 200];
  answerCertificate = async () => signer.pem;
  send = async () => true;
  // Each test starts with an empty certificate cache.
  trust.certificates = createSigningCertificates((url) => {
    loaded.push(url.href);
    return answerCertificate();
  });
  await api.database.db.delete(notificationInbox);
  await withConnection(api.ownerUrl, (owner) => owner`delete from audit_events`);
});

async function postTo(target: Pick<ApiHarness, 'fetch'>, body: string | Record<string, string>): Promise<ApiAnswer> {
  const response = await target.fetch('/v1/webhooks/sns', {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=UTF-8' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}
const post = (body: string | Record<string, string>) => postTo(api, body);
const inbox = () => api.database.db.select().from(notificationInbox);
const audit = async () =>
  (await api.call('GET', '/v1/audit-events')).body.items.filter(({ action }: { action: string }) => action.startsWith('webhook.'));

async function liveRequest(): Promise<string> {
  const { body } = await api.call('POST', '/v1/delegation-requests', newRequest());
  return body.id as string;
}
const inner = (requestId: string, fields: Record<string, unknown> = { Type: 'StateChange', State: 'ASSIGNED' }) =>
  JSON.stringify({
    RequestId: 'dr-0123456789abcdef',
    RequestorWorkflowId: `muster-${requestId}-1`,
    UpdatedAt: '2026-01-15T10:30:00.123Z',
    ...fields,
  });
const token = (requestId: string) =>
  inner(requestId, { Type: 'ExchangeToken', ExchangeToken: secret, ExpiresAt: '2036-01-15T10:30:00.123Z' });
const problem = ({ status, body }: ApiAnswer) => [status, body.code];

describe('S4: a genuine message', () => {
  it.each(['1', '2'])('with signature version %s is accepted without an API key, and reaches its request', async (SignatureVersion) => {
    const requestId = await liveRequest();
    const message = signer.notification({ SignatureVersion, Message: token(requestId) });
    const answer = await post(message);
    expect([answer.status, answer.body]).toEqual([200, { outcome: 'signalled' }]);
    expect(sent).toMatchObject([{ requestId, messageId: message['MessageId'], source: 'webhook', type: 'ExchangeToken' }]);
    expect(await inbox()).toMatchObject([{ status: 'signalled' }]);
    expect(JSON.stringify(answer.body) + api.logged()).not.toContain(secret);
  });

  it('may have a subject and characters beyond ASCII', async () => {
    const message = signer.notification({ Subject: 'Grüße', Message: `${inner(await liveRequest())}\n` });
    expect((await post(message)).body).toEqual({ outcome: 'signalled' });
  });

  it('may be almost 75 minutes old, or almost 15 minutes ahead of the clock', async () => {
    for (const ageMs of [74 * minute, -14 * minute]) {
      const Timestamp = new Date(Date.now() - ageMs).toISOString();
      expect((await post(signer.notification({ Timestamp, Message: inner(await liveRequest()) }))).status).toBe(200);
    }
  });

  it('D10: is signalled once if it comes twice', async () => {
    const message = signer.notification({ Message: inner(await liveRequest()) });
    expect((await post(message)).body).toEqual({ outcome: 'signalled' });
    expect((await post(message)).body).toEqual({ outcome: 'signalled' });
    expect(sent).toHaveLength(1);
    expect(loaded).toEqual([certificateUrl]);
  });

  it('D10: is accepted once it is stored, even if Temporal does not answer', async () => {
    send = () => Promise.reject(new Error('Temporal is away'));
    expect((await post(signer.notification({ Message: inner(await liveRequest()) }))).body).toEqual({ outcome: 'waiting' });
    expect(await inbox()).toMatchObject([{ status: 'received' }]);
  });

  it('D11: with the token of a cancelled or unknown request is ignored, and the token is never stored', async () => {
    const requestId = await liveRequest();
    await api.database.db.update(delegationRequests).set({ phase: 'cancelled' }).where(eq(delegationRequests.id, requestId));
    const seal = vi.spyOn(api.sealer, 'seal');
    expect((await post(signer.notification({ Message: token(requestId) }))).body).toEqual({ outcome: 'ignored' });
    const stranger = '019a0000-0000-7000-8000-000000000001';
    expect((await post(signer.notification({ Message: token(stranger) }))).body).toEqual({ outcome: 'ignored' });
    expect(seal).not.toHaveBeenCalled();
    expect((await inbox()).map(({ ignoredReason, sealedToken }) => [ignoredReason, sealedToken])).toEqual([
      ['request_ended', null],
      ['unknown_request', null],
    ]);
  });

  it('answers 503 if the database cannot store it, so that SNS retries', async () => {
    const requestId = await liveRequest();
    const lost = api.anotherInstance({ databaseUrl: 'postgres://nobody:nothing@127.0.0.1:1/none' });
    const answer = await postTo(lost, signer.notification({ Message: inner(requestId) }));
    expect(problem(answer)).toEqual([503, 'database_unavailable']);
  });
});

describe('S4: a refused message costs no fetch and no write', () => {
  const evil = 'https://sns.us-east-1.amazonaws.com.evil.com/a.pem';
  const ago = (ageMs: number) => new Date(Date.now() - ageMs).toISOString();
  const foreign = 'arn:aws:sns:us-east-1:666666666666:ours';
  /** Each message also fails all later checks, so the code shows which check comes first. */
  it.each([
    ['not JSON', 400, 'not_an_sns_message', () => secret],
    ['an empty body', 400, 'not_an_sns_message', () => ''],
    ['a list', 400, 'not_an_sns_message', () => '[]'],
    ['an unknown message type', 400, 'not_an_sns_message', () => signer.notification({ Type: 'Greeting', TopicArn: foreign })],
    ['an unknown signature version', 400, 'not_an_sns_message', () => signer.notification({ SignatureVersion: '3' })],
    ['an invalid time', 400, 'not_an_sns_message', () => signer.notification({ Timestamp: 'yesterday', TopicArn: foreign })],
    [
      'another topic, with a genuine signature',
      403,
      'topic_not_allowed',
      () => signer.notification({ TopicArn: foreign, Timestamp: ago(75 * minute + 1_000), SigningCertURL: evil }),
    ],
    ['too old', 403, 'message_too_old', () => signer.notification({ Timestamp: ago(75 * minute + 1_000), SigningCertURL: evil })],
    ['from the future', 403, 'message_from_the_future', () => signer.notification({ Timestamp: ago(-16 * minute), SigningCertURL: evil })],
    ['a certificate from elsewhere', 403, 'certificate_not_trusted', () => forger.notification({ SigningCertURL: evil })],
    [
      'a certificate without TLS',
      403,
      'certificate_not_trusted',
      () => forger.notification({ SigningCertURL: certificateUrl.replace('https', 'http') }),
    ],
  ] as [string, number, string, () => string | Record<string, string>][])('%s', async (_what, status, code, message) => {
    const fetching = vi.spyOn(globalThis, 'fetch');
    const answer = await post(message());
    expect(fetching).not.toHaveBeenCalled();
    fetching.mockRestore();
    expect(problem(answer)).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([loaded, snsRequests, await inbox(), sent]).toEqual([[], [], [], []]);
    expect(answer.text + api.logged()).not.toContain(secret);
  });

  it('a forged signature, and any changed field', async () => {
    const requestId = await liveRequest();
    const genuine = signer.notification({ Message: token(requestId) });
    const changes: Record<string, string>[] = [
      { Message: token(requestId).replace('the', 'teh') },
      { MessageId: 'another' },
      { Subject: 'a subject' },
      { Timestamp: new Date().toISOString().replace('Z', '1Z') },
      { SignatureVersion: '1' },
      { Signature: forger.notification({ ...genuine, Signature: undefined })['Signature']! },
      { Signature: 'AAAA' },
    ];
    for (const change of changes) {
      const answer = await post({ ...genuine, ...change });
      expect(problem(answer), JSON.stringify(change)).toEqual([403, 'signature_invalid']);
      expect(answer.text + api.logged()).not.toContain(secret);
    }
    expect([await inbox(), sent]).toEqual([[], []]);
    expect((await post(genuine)).status).toBe(200);
  });

  it('a certificate that is not RSA, or has expired', async () => {
    const ec = await createSnsSigner(topicArn, { keyType: 'ec' });
    answerCertificate = async () => ec.pem;
    expect(problem(await post(ec.notification()))).toEqual([403, 'signature_invalid']);
    const stale = await createSnsSigner(topicArn, { notAfterDate: new Date(Date.now() - minute) });
    answerCertificate = async () => stale.pem;
    const SigningCertURL = certificateUrl.replace('0.pem', '1.pem').replace('ef.pem', 'ee.pem');
    expect(problem(await post(stale.notification({ SigningCertURL })))).toEqual([403, 'certificate_not_trusted']);
    expect(await inbox()).toEqual([]);
  });

  it('S2: a body over 1 MiB', async () => {
    expect(problem(await post('x'.repeat(1_048_577)))).toEqual([413, 'body_too_large']);
  });

  it('the webhook opens nothing but itself', async () => {
    for (const path of ['/v1/webhooks', '/v1/webhooks/', '/v1/webhooks/sns/x', '/v1/webhooks/other', '/v1/clouds']) {
      expect(problem(await api.call('POST', path, {}, { key: null })), path).toEqual([401, 'unauthorized']);
    }
    expect(problem(await api.call('GET', '/v1/webhooks/sns', undefined, { key: null }))).toEqual([405, 'method_not_allowed']);
  });
});

describe('S4: a certificate that cannot be fetched', () => {
  it('answers 503, so that SNS retries; the retry is accepted', async () => {
    const message = signer.notification({ Message: inner(await liveRequest()) });
    answerCertificate = () => Promise.reject(new Error('no route to host'));
    const answer = await post(message);
    expect(problem(answer)).toEqual([503, 'certificate_unavailable']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await inbox()).toEqual([]);
    answerCertificate = async () => signer.pem;
    expect((await post(message)).body).toEqual({ outcome: 'signalled' });
  });
});

describe('subscriptions', () => {
  const link = (origin: string, topic = topicArn) => `${origin}/?Action=ConfirmSubscription&TopicArn=${topic}&Token=abc`;

  it('S4 S3: to the configured topic are confirmed by their link, and audited once', async () => {
    const message = signer.confirmation('SubscriptionConfirmation', { SubscribeURL: link(snsOrigin) });
    for (let times = 0; times < 2; times += 1) expect((await post(message)).body).toEqual({ outcome: 'subscribed' });
    expect(snsRequests).toEqual([`/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=abc`, expect.any(String)]);
    expect(await audit()).toMatchObject([{ action: 'webhook.subscribed', actor: { type: 'system' }, target: { id: topicArn } }]);
  });

  it('S4: to another topic are never confirmed, even with a genuine signature', async () => {
    const foreign = 'arn:aws:sns:us-east-1:666666666666:theirs';
    const ofTopic = { TopicArn: foreign, SubscribeURL: link(snsOrigin, foreign) };
    expect(problem(await post(signer.confirmation('SubscriptionConfirmation', ofTopic)))).toEqual([403, 'topic_not_allowed']);
    const ofLink = { SubscribeURL: link(snsOrigin, foreign) };
    expect(problem(await post(signer.confirmation('SubscriptionConfirmation', ofLink)))).toEqual([403, 'subscribe_url_not_trusted']);
    expect([snsRequests, await audit()]).toEqual([[], []]);
  });

  it('S4: with a forged signature cause no outgoing call', async () => {
    const forged = forger.confirmation('SubscriptionConfirmation', { SubscribeURL: link(snsOrigin) });
    expect(problem(await post(forged))).toEqual([403, 'signature_invalid']);
    const moved = { ...signer.confirmation('SubscriptionConfirmation'), SubscribeURL: link(snsOrigin) };
    expect(problem(await post(moved))).toEqual([403, 'signature_invalid']);
    expect(snsRequests).toEqual([]);
  });

  it('S4: with a link to another host cause no outgoing call', async () => {
    const fetching = vi.spyOn(globalThis, 'fetch');
    for (const origin of [
      'https://evil.com',
      'http://169.254.169.254',
      'https://sns.us-east-1.amazonaws.com@evil.com',
      'http://127.0.0.1:1',
    ]) {
      const message = signer.confirmation('SubscriptionConfirmation', { SubscribeURL: link(origin) });
      expect(problem(await post(message))).toEqual([403, 'subscribe_url_not_trusted']);
    }
    expect(fetching).not.toHaveBeenCalled();
    fetching.mockRestore();
  });

  it.each([503, 400, 302])('that SNS answers with %s are not audited, and answer 503 so that SNS retries', async (status) => {
    snsStatus = status;
    const message = signer.confirmation('SubscriptionConfirmation', { SubscribeURL: link(snsOrigin) });
    expect(problem(await post(message))).toEqual([503, 'subscription_not_confirmed']);
    expect([snsRequests.length, await audit()]).toEqual([1, []]);
  });

  it('that were removed are audited and logged, and not renewed', async () => {
    const message = signer.confirmation('UnsubscribeConfirmation', { SubscribeURL: link(snsOrigin) });
    for (let times = 0; times < 2; times += 1) expect((await post(message)).body).toEqual({ outcome: 'unsubscribed' });
    expect(snsRequests).toEqual([]);
    expect(await audit()).toMatchObject([{ action: 'webhook.unsubscribed', target: { id: topicArn } }]);
    expect(api.logged()).toContain(message['MessageId']!);
    expect(api.logged()).not.toContain(message['Token']!);
  });
});

describe('B6: messages of our topic among junk', () => {
  const junk = { Type: 'Notification', TopicArn: 'arn:aws:sns:us-east-1:666666666666:theirs' };

  it('B6: after 300 junk posts from one address, a genuine message from the same address is accepted', async () => {
    const limited = api.anotherInstance({ webhook: { limits: createWebhookLimits({ perClient: 20, total: 50, forged: 10 }) } });
    const statuses = new Set<number>();
    for (let count = 0; count < 300; count += 1) statuses.add((await postTo(limited, count % 2 ? 'x' : junk)).status);
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([400, 429]);
    const genuine = await postTo(limited, signer.notification({ Message: inner(await liveRequest()) }));
    expect([genuine.status, genuine.body]).toEqual([200, { outcome: 'signalled' }]);
  });

  it("B6: forged messages in the topic's name have a budget, which genuine messages do not need", async () => {
    const limited = api.anotherInstance({ webhook: { limits: createWebhookLimits({ perClient: 20, total: 50, forged: 10 }) } });
    expect((await postTo(limited, signer.notification({ Message: inner(await liveRequest()) }))).status).toBe(200);
    const codes: string[] = [];
    for (let count = 0; count < 30; count += 1) codes.push((await postTo(limited, forger.notification())).body.code);
    expect(codes.filter((code) => code === 'signature_invalid').length).toBeLessThanOrEqual(10);
    expect(codes.at(-1)).toBe('rate_limited');
    expect((await postTo(limited, signer.notification({ Message: inner(await liveRequest()) }))).status).toBe(200);
  });

  it('B6: names of unknown certificates cause a bounded number of fetches', async () => {
    const limited = api.anotherInstance({ webhook: { limits: createWebhookLimits({ perClient: 20, total: 50, forged: 10 }) } });
    answerCertificate = async () => forger.pem;
    for (let count = 0; count < 30; count += 1)
      await postTo(limited, signer.notification({ SigningCertURL: certificateUrl.replace('0123', String(1_000 + count)) }));
    expect(loaded.length).toBeLessThanOrEqual(10);
  });

  it("B6: another signature version than the topic's is refused, although the signature matches", async () => {
    const versioned = api.anotherInstance({ webhook: { trust: { ...trust, signatureVersion: '2' } } });
    const ofVersion = (version: string) => postTo(versioned, signer.notification({ SignatureVersion: version, Message: '{}' }));
    expect(problem(await ofVersion('1'))).toEqual([403, 'signature_invalid']);
    expect((await ofVersion('2')).status).toBe(200);
  });
});

describe('the limits', () => {
  const limitedBy = (perClient: number, trustedProxies = 0) =>
    api.anotherInstance({ webhook: { trust: null, limits: createWebhookLimits({ perClient, total: 100 }), trustedProxies } });

  it('S4: answer 429 with Retry-After before they read the body', async () => {
    const limited = limitedBy(2);
    for (let calls = 0; calls < 2; calls += 1) expect(problem(await postTo(limited, 'x'))).toEqual([503, 'webhook_not_configured']);
    const refused = await postTo(limited, 'x');
    expect(problem(refused)).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await limited.call('GET', '/v1/clouds')).status).toBe(200);
  });

  it.each([
    ['without trusted proxies, the header of the client does not count', 0, '192.0.2.1', '192.0.2.2', 429],
    ['behind one proxy, the address that the proxy saw counts', 1, '192.0.2.1', '192.0.2.2', 503],
    ['behind one proxy, earlier entries of the client do not count', 1, '192.0.2.8, 192.0.2.1', '192.0.2.9, 192.0.2.1', 429],
    ['behind two proxies, the address that the outer proxy saw counts', 2, '192.0.2.1, 10.0.0.1', '192.0.2.2, 10.0.0.1', 503],
    ['behind two proxies, the connection counts if a call bypassed one of them', 2, '192.0.2.1', '192.0.2.2', 429],
  ])('count by client: %s', async (_what, trustedProxies, first, second, status) => {
    const server = await serveOverHttp(limitedBy(1, trustedProxies));
    try {
      const from = (forwarded: string) =>
        fetch(`${server.url}/v1/webhooks/sns`, { method: 'POST', body: 'x', headers: { 'x-forwarded-for': forwarded } });
      expect((await from(first)).status).toBe(503);
      expect((await from(second)).status).toBe(status);
    } finally {
      await server.close();
    }
  });
});
