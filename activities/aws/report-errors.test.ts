import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportErrors, type AwsError } from './report-errors.ts';

let server: Server;
let sts: STSClient;
const reported: AwsError[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end('<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sts = new STSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  reportErrors(sts, (error) => reported.push(error));
});
afterAll(() => {
  sts.destroy();
  server.close();
  server.closeAllConnections();
});

const assume = (abortSignal?: AbortSignal) =>
  sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 'session' }), { abortSignal });

it('S6: a call that AWS refuses is reported by service, operation and AWS’s own code, and still fails for its caller', async () => {
  await expect(assume()).rejects.toThrow('no');
  expect(reported).toEqual([{ service: 'STSClient', operation: 'AssumeRoleCommand', code: 'AccessDenied' }]);
});

it('a call that we cancelled is not reported', async () => {
  reported.length = 0;
  await expect(assume(AbortSignal.abort())).rejects.toThrow();
  expect(reported).toEqual([]);
});
