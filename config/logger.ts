import { pino, type DestinationStream, type Logger } from 'pino';

/** Names under which a secret could ever be logged by mistake, at the first two levels of an entry. */
const secretNames = [
  'password',
  'sealed',
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
];

/** Makes a program's structured log: JSON lines on standard output, secrets redacted (S6). */
export function createLogger(program: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name: program,
    level,
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
