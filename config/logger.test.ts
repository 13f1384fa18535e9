import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(entry: object): string {
  let text = '';
  createLogger('test', 'info', { write: (line) => void (text += line) }).info(entry, 'hello');
  return text;
}

it.each([
  'password',
  'sealed',
  'sealedToken',
  'keyHash',
  'authorization',
  'Authorization',
  'token',
  'exchangeToken',
  'ExchangeToken',
  'TradeInToken',
  'externalId',
  'ExternalId',
  'secretAccessKey',
  'SecretAccessKey',
  'sessionToken',
  'SessionToken',
  'accessKey',
  'key',
  'DATABASE_URL',
  'MIGRATE_DATABASE_URL',
  'MUSTER_SEALING_KEYS',
  'MUSTER_BOOTSTRAP_ADMIN_KEY',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
])('D11 S6: %s is never logged, at the top of an entry or within', (name) => {
  const text = logged({ [name]: 'a-secret', a: { [name]: 'a-secret', b: { [name]: 'a-secret' } }, kept: 'this' });
  expect(text).not.toContain('a-secret');
  expect(text.match(/\[redacted\]/g)).toHaveLength(3);
  expect(JSON.parse(text)).toMatchObject({ name: 'test', msg: 'hello', kept: 'this' });
});
