import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { certificateUrl, createSnsSigner } from '../../test/support/sns-signer.ts';
import { createSigningCertificates } from './certificates.ts';

const { pem } = await createSnsSigner('arn:aws:sns:us-east-1:909090909090:ours');
const url = new URL(certificateUrl);
const unavailable = { code: 'certificate_unavailable', isTransient: true };

describe('signing certificates', () => {
  afterEach(() => void vi.useRealTimers());

  it('are fetched once, even for many messages at the same time, and again after a day', async () => {
    vi.useFakeTimers();
    const load = vi.fn(async () => pem);
    const certificates = createSigningCertificates(load);
    await Promise.all(Array.from({ length: 20 }, () => certificates.get(url)));
    await certificates.get(url);
    expect(load).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(25 * 3_600_000);
    await certificates.get(url);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('that could not be fetched fail for every waiting message, and are fetched again for the next', async () => {
    let answer = async (): Promise<string> => await Promise.reject(new Error('no route'));
    const certificates = createSigningCertificates(() => answer());
    const outcomes = await Promise.allSettled([certificates.get(url), certificates.get(url)]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: unavailable },
      { status: 'rejected', reason: unavailable },
    ]);
    answer = async () => 'an error page';
    await expect(certificates.get(url)).rejects.toMatchObject(unavailable);
    answer = async () => pem;
    expect((await certificates.get(url)).subject).toContain('sns.test.invalid');
  });

  it('with made-up names leave the cache', async () => {
    const load = vi.fn(async () => pem);
    const certificates = createSigningCertificates(load);
    for (let name = 0; name < 40; name += 1) await certificates.get(new URL(`https://sns.us-east-1.amazonaws.com/${name}.pem`));
    await certificates.get(new URL('https://sns.us-east-1.amazonaws.com/39.pem'));
    expect(load).toHaveBeenCalledTimes(40);
    await certificates.get(new URL('https://sns.us-east-1.amazonaws.com/0.pem'));
    expect(load).toHaveBeenCalledTimes(41);
  });
});

describe('fetching a certificate', () => {
  let server: Server;
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('S4: follows no redirect and takes no error page', async () => {
    const requested: string[] = [];
    server = createServer((request, response) => {
      requested.push(request.url!);
      if (request.url === '/redirect.pem') response.writeHead(302, { location: '/elsewhere.pem' }).end();
      else if (request.url === '/missing.pem') response.writeHead(404).end(pem);
      else response.end(pem);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = (path: string) => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const certificates = createSigningCertificates();
    await expect(certificates.get(at('/redirect.pem'))).rejects.toMatchObject(unavailable);
    await expect(certificates.get(at('/missing.pem'))).rejects.toMatchObject(unavailable);
    expect((await certificates.get(at('/there.pem'))).subject).toContain('sns.test.invalid');
    expect(requested).toEqual(['/redirect.pem', '/missing.pem', '/there.pem']);
  });
});
