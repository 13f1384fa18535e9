import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import { runContext } from './activity-context.ts';
import { describeError } from './describe-error.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Hands the Temporal SDK's log lines, and those of workflows, to ours, from our level on. */
export function createTemporalLogger(logger: Logger): DefaultLogger {
  const from = (Object.keys(levels) as LogLevel[]).find((level) => logger.isLevelEnabled(levels[level])) ?? 'ERROR';
  return new DefaultLogger(from, ({ level, message, meta }) => logger[levels[level]](temporalLogFields(meta), message));
}

/**
 * What we keep of a line's fields: the run by our names, an error by its words alone. A task token would let its reader
 * answer in the activity's place, and is left out.
 */
export function temporalLogFields(meta: LogEntry['meta'] = {}): Record<string, unknown> {
  const { workflowId, workflowRunId, error, taskToken: _taskToken, ...rest } = meta as Record<string, unknown>;
  return {
    ...rest,
    ...(typeof workflowId === 'string' ? runContext(workflowId, String(workflowRunId ?? meta['runId'] ?? '')) : {}),
    ...(error === undefined ? {} : { fault: describeError(error) }),
    source: 'temporal',
  };
}
