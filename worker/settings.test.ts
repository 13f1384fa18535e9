import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { readWorkerSettings } from './settings.ts';

const good = {
  DATABASE_URL: 'postgres://user:password@localhost:5432/muster',
  TEMPORAL_ADDRESS: 'localhost:7233',
  MUSTER_SEALING_KEYS: `one:${randomBytes(32).toString('base64')}`,
  MUSTER_CALLER_ROLE_ARN: 'arn:aws:iam::909090909090:role/muster-caller',
  MUSTER_NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:us-east-1:909090909090:topic',
  MUSTER_NOTIFICATION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/909090909090/queue',
  MUSTER_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/account',
  MUSTER_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/boundary',
  MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/organization',
  MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/organization-boundary',
};

it('a setting that is not set has its default', () => {
  expect(readWorkerSettings(good)).toMatchObject({
    TEMPORAL_NAMESPACE: 'default',
    AWS_REGION: 'us-east-1',
    LOG_LEVEL: 'info',
    MUSTER_RECONCILE_SECONDS: 60,
    MUSTER_RECONCILE_GRACE_SECONDS: 15,
    MUSTER_STACK_POLL_MS: 1_000,
  });
});

it('S1: all missing and malformed settings are reported at once', () => {
  const read = () =>
    readWorkerSettings({ TEMPORAL_ADDRESS: 'nowhere', DATABASE_URL: '', LOG_LEVEL: 'loud', MUSTER_SEALING_KEYS: 'nonsense' });
  for (const name of [...Object.keys(good), 'LOG_LEVEL']) expect(read).toThrow(`  ${name}: `);
  expect(read).toThrow('TEMPORAL_ADDRESS: must be host:port');
  expect(read).toThrow('DATABASE_URL: is not set');
  expect(() => readWorkerSettings({})).toThrow('MUSTER_SEALING_KEYS: is not set; it must be keyid:base64');
});

it('D11: a malformed sealing key is not repeated in the message', () => {
  let message = '';
  try {
    readWorkerSettings({ ...good, MUSTER_SEALING_KEYS: 'one:c2hvcnQtc2VjcmV0' });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain('must be 32 bytes');
  expect(message).not.toContain('c2hvcnQ');
});
