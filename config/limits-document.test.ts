import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { defaultIntervals } from '../api/intervals.ts';
import { defaultCallerLimits } from '../api/limits/caller-limits.ts';
import { maxRepeats } from '../api/schemas/lists.ts';
import { graceMs, keepAliveDefaultSeconds, requestTimeoutMs } from '../api/server.ts';
import { gatewayTimeouts } from '../api/temporal/temporal-gateway.ts';
import { apiDatabaseLimits, workerDatabaseLimits } from '../db/driver/limits.ts';
import { longWorkMs } from '../db/long-work.ts';
import { migrationLimits } from '../db/migrations.ts';
import { PROJECT_ROOT } from '../dev/stack/home.ts';
import { credentialCheckTimeoutMs } from '../workflows/contracts/credential-check.ts';
import { settings } from './settings.ts';

const text = await readFile(join(PROJECT_ROOT, 'docs/limits.md'), 'utf8');
const rows = [...text.matchAll(/^\| (?<what>.+?) \| (?<setting>.+?) \| (?<value>.+?) \|$/gm)]
  .map((match) => match.groups as { what: string; setting: string; value: string })
  .filter(({ setting }) => setting !== 'setting');

const defaultOf = (name: string) => String((settings as Record<string, z.ZodType>)[name]!.parse(undefined));

it('S9: the table of limits names every setting of a limit, with its default', () => {
  const documented = new Map(
    rows.filter(({ setting }) => setting !== 'fixed').map(({ setting, value }) => [setting.replaceAll('`', ''), value]),
  );
  const limits = Object.keys(settings).filter((name) => /LIMIT|TIMEOUT|KEEP_ALIVE|DRAIN|SIGNATURE_VERSION/.test(name));
  expect([...documented.keys()].toSorted()).toEqual(limits.toSorted());
  for (const [name, value] of documented) expect([name, value]).toEqual([name, defaultOf(name)]);
});

it('S9: the fixed limits in the table are the limits of the code', () => {
  const fixed = rows.filter(({ setting }) => setting === 'fixed').map(({ value }) => value);
  expect(fixed).toEqual([
    'a quarter of the pool',
    String(maxRepeats),
    String(1_048_576),
    'the setting above and 5',
    String(requestTimeoutMs / 1_000),
    String(graceMs / 1_000),
    String(longWorkMs),
    String(apiDatabaseLimits.idleInTransactionMs / 1_000),
    String(workerDatabaseLimits.idleInTransactionMs / 1_000),
    String(migrationLimits.lockMs / 1_000),
    String(gatewayTimeouts.temporalMs / 1_000),
    String(gatewayTimeouts.callMs / 1_000),
    String(defaultIntervals.previewTimeoutMs / 1_000),
    String(credentialCheckTimeoutMs / 1_000),
    String(defaultIntervals.readinessMs),
  ]);
});

it('S9: the defaults of the settings are the defaults of the code', () => {
  expect({
    callsPerKey: Number(defaultOf('MUSTER_KEY_CALL_LIMIT')),
    writesPerKey: Number(defaultOf('MUSTER_KEY_WRITE_LIMIT')),
    streamsPerKey: Number(defaultOf('MUSTER_KEY_STREAM_LIMIT')),
    failuresPerAddress: Number(defaultOf('MUSTER_FAILED_SIGN_IN_LIMIT')),
  }).toEqual(defaultCallerLimits);
  expect(Number(defaultOf('MUSTER_KEEP_ALIVE_SECONDS'))).toBe(keepAliveDefaultSeconds);
  const { connectMs, statementMs, lockMs, answerMs } = apiDatabaseLimits;
  expect({
    connectMs: Number(defaultOf('MUSTER_API_CONNECT_TIMEOUT_MS')),
    statementMs: Number(defaultOf('MUSTER_API_STATEMENT_TIMEOUT_MS')),
    lockMs: Number(defaultOf('MUSTER_API_LOCK_TIMEOUT_MS')),
    answerMs: Number(defaultOf('MUSTER_API_DATABASE_TIMEOUT_MS')),
  }).toEqual({ connectMs, statementMs, lockMs, answerMs });
  expect(defaultIntervals.databaseMs).toBe(answerMs);
  const ofWorker = workerDatabaseLimits;
  expect({
    connectMs: Number(defaultOf('MUSTER_WORKER_CONNECT_TIMEOUT_MS')),
    statementMs: Number(defaultOf('MUSTER_WORKER_STATEMENT_TIMEOUT_MS')),
    lockMs: Number(defaultOf('MUSTER_WORKER_LOCK_TIMEOUT_MS')),
  }).toEqual({ connectMs: ofWorker.connectMs, statementMs: ofWorker.statementMs, lockMs: ofWorker.lockMs });
});
