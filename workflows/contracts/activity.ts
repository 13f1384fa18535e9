/**
 * Decides an activity's timeouts and retries, by the harm that a retry can do. workflows/lib/activity-options.ts has the
 * options of each class.
 */
export type RetryClass = 'registry' | 'bulk' | 'once' | 'longRunning' | 'sweep' | 'checking' | 'poll' | 'proof' | 'validation';

/**
 * Declares an activity in the contract of its workflow: its retry class, input and result. These declarations type the
 * worker's bindings (activities/index.ts) and the workflows' proxies. They exist as types only.
 */
export interface Activity<Class extends RetryClass, Input, Result> {
  retryClass: Class;
  input: Input;
  result: Result;
}

/** Declared activities as functions. */
export type ActivityFunctions<Declarations> = {
  [Name in keyof Declarations]: Declarations[Name] extends Activity<RetryClass, infer Input, infer Result>
    ? (input: Input) => Promise<Result>
    : never;
};
