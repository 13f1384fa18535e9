import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';
import type { Logger } from 'pino';
import { runContext } from './activity-context.ts';
import { describeError } from './describe-error.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Creates a logger that passes log lines of the Temporal SDK and of workflows to Muster's logger, at its level. */
export function createTemporalLogger(logger: Logger): DefaultLogger {
  const minLevel = (Object.keys(levels) as LogLevel[]).find((level) => logger.isLevelEnabled(levels[level])) ?? 'ERROR';
  return new DefaultLogger(minLevel, ({ level, message, meta }) => logger[levels[level]](temporalLogFields(meta), message));
}

/**
 * Converts a line's fields: names the run by Muster's field names and keeps only an error's name and message. Drops the task
 * token, which would allow a reader of the log to complete the activity.
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
