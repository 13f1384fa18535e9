import { pino, type Logger } from 'pino';

/** Fields that hold secrets wherever they turn up. We log none of them on purpose; this is the net below. */
const secretFields = ['authorization', 'Authorization', 'key', 'keyHash', 'externalId', 'sealed', 'token', 'password', 'secretAccessKey'];

/** Structured logs, a JSON line each, on standard output (S6). */
export function createLog(level: string): Logger {
  return pino({
    name: 'muster-api',
    level,
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  });
}
