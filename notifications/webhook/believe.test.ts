import { afterEach, expect, it, vi } from 'vitest';
import { createSnsSigner } from '../../test/support/sns-signer.ts';
import { believe } from './believe.ts';
import { createSigningCertificates } from './certificates.ts';

const topicArn = 'arn:aws:sns:us-east-1:909090909090:ours';
const signer = await createSnsSigner(topicArn);
const trust = { topicArn, otherOrigin: null, certificates: createSigningCertificates(async () => signer.pem) };
const minuteMs = 60_000;

afterEach(() => void vi.useRealTimers());

/** Receives a message this long after SNS signed it. */
async function receive(ageMs: number): Promise<string> {
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  const message = signer.notification({ Timestamp: new Date(Date.now() - ageMs).toISOString() });
  return (await believe(trust, JSON.stringify(message))).MessageId;
}

it.each([
  ['75 minutes old', 75 * minuteMs],
  ['15 minutes ahead of our clock', -15 * minuteMs],
])('S4: a message is believed when it is exactly %s', async (_what, ageMs) => {
  expect(await receive(ageMs)).toBeTruthy();
});

it.each([
  ['older than 75 minutes', 75 * minuteMs + 1, 'message_too_old'],
  ['more than 15 minutes ahead of our clock', -15 * minuteMs - 1, 'message_from_the_future'],
])('S4: a message is refused when it is a millisecond %s', async (_what, ageMs, code) => {
  await expect(receive(ageMs)).rejects.toMatchObject({ code });
});
