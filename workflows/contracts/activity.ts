/**
 * What a repetition of an activity can do, which decides its timeouts and retries: workflows/lib/activity-options.ts has
 * one set of options for each class.
 */
export type RetryClass = 'registry' | 'bulk' | 'once' | 'longRunning' | 'sweep' | 'checking' | 'poll' | 'validation';

/**
 * Declares an activity in the contract of its workflow: its retry class, input and result. The worker's bindings
 * (activities/index.ts) and the workflows' proxies are typed by these declarations. It exists in types only.
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
