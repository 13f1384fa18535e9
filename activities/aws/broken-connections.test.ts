import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateDelegationRequestCommand } from '@aws-sdk/client-iam';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetDelegatedAccessTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAwsClients, type AwsClients } from './clients.ts';
import type { AwsError } from './report-errors.ts';

let server: Server;
let aws: AwsClients;
/** The calls that reached the server, answered or not. */
let received: string[];
let reported: AwsError[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const used = new WeakSet<Socket>();
const session = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };

/** Answers the first call of each connection. A later call finds a connection that the server has closed. */
function answerOncePerConnection(request: IncomingMessage, response: ServerResponse): void {
  if (used.has(request.socket)) request.socket.destroy();
  else {
    used.add(request.socket);
    answerOk(request, response);
  }
}

const credentials =
  '<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>';

function answerOk({ headers }: IncomingMessage, response: ServerResponse): void {
  if (headers['x-amz-target']) response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"Accounts":[]}');
  else
    response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response><AssumeRoleResult>${credentials}</AssumeRoleResult></Response>`);
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = request.headers['x-amz-target'] as string | undefined;
      received.push(target?.split('.')[1] ?? new URLSearchParams(Buffer.concat(chunks).toString()).get('Action') ?? 'unknown');
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  received = [];
  reported = [];
  answer = answerOncePerConnection;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  aws = createAwsClients({
    region: 'us-east-1',
    stackRegion: 'us-east-1',
    ownAccount: { accountId: '909090909090', allowedRoleArn: null },
    onError: (error) => reported.push(error),
  });
});
afterEach(() => {
  aws.close();
  vi.unstubAllEnvs();
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const assume = () =>
  aws.stsFor({ partition: 'aws' }).send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111122223333:role/r', RoleSessionName: 's' }));
const list = () => aws.organizationsAs(session, 'aws').send(new ListAccountsCommand({}));

/** Makes kept connections that the server closes at the next call. */
const keep = (connections: number) =>
  Promise.all(Array.from({ length: connections }, () => aws.sts.send(new GetCallerIdentityCommand({}))));

describe('E2: a call whose kept connection broke', () => {
  it('is repeated at once, in each of ten rounds, however many connections broke', async () => {
    for (let round = 1; round <= 10; round += 1) {
      await keep(25);
      const answers = await Promise.all([...Array.from({ length: 20 }, assume), ...Array.from({ length: 5 }, list)]);
      expect(answers).toHaveLength(25);
    }
    expect(reported).toEqual([]);
  });

  it('goes over a new connection, not over the next broken one', async () => {
    await keep(8);
    received = [];
    await assume();
    expect(received).toEqual(['AssumeRole', 'AssumeRole']);
  });

  it('is repeated once only, and reported once', async () => {
    answer = ({ socket }) => socket.destroy();
    await expect(assume()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(received).toEqual(['AssumeRole', 'AssumeRole']);
    expect(reported).toMatchObject([{ operation: 'AssumeRoleCommand' }]);
  });

  it('is repeated if the connection broke in the middle of the answer', async () => {
    answer = (request, response) => {
      answer = answerOk;
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '100' });
      response.write('{"Acc', () => request.socket.destroy());
    };
    await expect(list()).resolves.toMatchObject({ Accounts: [] });
    expect(received).toEqual(['ListAccounts', 'ListAccounts']);
  });

  it('is not repeated after an answer, not even a refusal', async () => {
    answer = (_request, response) => void response.writeHead(503).end();
    await expect(assume()).rejects.toThrow();
    expect(received).toEqual(['AssumeRole']);
  });
});

describe('E2: a call that must not run twice', () => {
  const cloudFormation = () => aws.cloudFormation(session);
  const stack = { StackName: 's', TemplateBody: '{}' };

  it.each([
    [
      'CreateDelegationRequest',
      () =>
        aws.iam.send(
          new CreateDelegationRequestCommand({
            Description: 'd',
            Permissions: {},
            RequestorWorkflowId: 'w',
            NotificationChannel: 'n',
            SessionDuration: 3_600,
          }),
        ),
    ],
    ['GetDelegatedAccessToken', () => aws.sts.send(new GetDelegatedAccessTokenCommand({ TradeInToken: 't' }))],
    ['CreateStack', () => cloudFormation().send(new CreateStackCommand(stack))],
    ['DeleteStack', () => cloudFormation().send(new DeleteStackCommand(stack))],
  ])('%s reaches AWS once when its connection breaks', async (name, send) => {
    answer = ({ socket }) => socket.destroy();
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(received).toEqual([name]);
  });

  it('CreateStack with a token of the caller may run twice, and so may reads', async () => {
    answer = ({ socket }) => socket.destroy();
    await expect(cloudFormation().send(new CreateStackCommand({ ...stack, ClientRequestToken: 'r' }))).rejects.toThrow();
    await expect(cloudFormation().send(new DescribeStacksCommand({ StackName: 's' }))).rejects.toThrow();
    expect(received).toEqual(['CreateStack', 'CreateStack', 'DescribeStacks', 'DescribeStacks']);
  });
});
