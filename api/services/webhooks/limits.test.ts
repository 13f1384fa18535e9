import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWebhookLimits, networkOf } from './limits.ts';

describe('the limits of the webhook', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('refuse a client that posts too much, with the time to wait, and no other client', async () => {
    const limits = createWebhookLimits({ perClient: 2, total: 100 });
    expect(await limits.take('192.0.2.1')).toBeNull();
    expect(await limits.take('192.0.2.1')).toBeNull();
    vi.advanceTimersByTime(4_000);
    expect(await limits.take('192.0.2.1')).toBe(6);
    expect(await limits.take('192.0.2.2')).toBeNull();
    vi.advanceTimersByTime(6_000);
    expect(await limits.take('192.0.2.1')).toBeNull();
  });

  it('refuse calls over the total; the excess calls of one client do not count', async () => {
    const limits = createWebhookLimits({ perClient: 2, total: 4 });
    for (let calls = 0; calls < 50; calls += 1) await limits.take('192.0.2.1');
    expect(await limits.take('192.0.2.2')).toBeNull();
    expect(await limits.take('192.0.2.3')).toBeNull();
    expect(await limits.take('192.0.2.4')).toBe(10);
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['2001:0db8:0001:0002:aaaa::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['unknown', 'unknown'],
])('the address %s counts for the client %s', (address, client) => {
  expect(networkOf(address)).toBe(client);
});
