import { pino, type DestinationStream, type Logger } from 'pino';

/** Field names that may hold a secret; redacted on the first three levels of a log entry. */
const secretNames = [
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
];

/** Creates a program's structured log: JSON lines on standard output, with secrets redacted (S6). */
export function createLogger(program: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name: program,
    level,
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
