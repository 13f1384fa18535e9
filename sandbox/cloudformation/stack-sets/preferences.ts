/** How many accounts at once, and how many may fail (API model, StackSetOperationPreferences). */
import { validationError } from '../errors.ts';
import type { Input } from '../input.ts';
import { list, text } from '../input.ts';
import type { Preferences } from './state.ts';

/** Reads OperationPreferences. Throws ValidationError. */
export function readPreferences(input: Input): Preferences {
  const given = (input.OperationPreferences ?? {}) as Input;
  const preferences: Preferences = {};
  const number = (name: keyof Preferences, min: number, max: number): void => {
    const value = text(given, name);
    if (value === undefined) return;
    if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) {
      throw validationError(`Value '${value}' at 'operationPreferences.${name}' must be between ${min} and ${max}`);
    }
    Object.assign(preferences, { [name]: Number(value) });
  };
  const choice = (name: keyof Preferences, values: string[]): void => {
    const value = text(given, name);
    if (value === undefined) return;
    if (!values.includes(value)) {
      throw validationError(`Value '${value}' at 'operationPreferences.${name}' must satisfy enum value set: [${values.join(', ')}]`);
    }
    Object.assign(preferences, { [name]: value });
  };
  number('FailureToleranceCount', 0, Number.MAX_SAFE_INTEGER);
  number('FailureTolerancePercentage', 0, 100);
  number('MaxConcurrentCount', 1, Number.MAX_SAFE_INTEGER);
  number('MaxConcurrentPercentage', 1, 100);
  choice('ConcurrencyMode', ['STRICT_FAILURE_TOLERANCE', 'SOFT_FAILURE_TOLERANCE']);
  choice('RegionConcurrencyType', ['SEQUENTIAL', 'PARALLEL']);
  const order = list<string>(given, 'RegionOrder');
  if (order.length > 0) preferences.RegionOrder = order;
  for (const name of ['FailureTolerance', 'MaxConcurrent'] as const) {
    if (preferences[`${name}Count`] !== undefined && preferences[`${name}Percentage`] !== undefined) {
      throw validationError(`You can specify either ${name}Count or ${name}Percentage, but not both`);
    }
  }
  return preferences;
}

/** Failures that a Region with so many accounts may have; "rounds down". Default 0. */
export function toleranceOf({ FailureToleranceCount, FailureTolerancePercentage }: Preferences, accounts: number): number {
  if (FailureTolerancePercentage !== undefined) return Math.floor((accounts * FailureTolerancePercentage) / 100);
  return FailureToleranceCount ?? 0;
}

/**
 * Accounts at work at one time, by default 1. Under strict tolerance no more than could still fail, "the lower of
 * MaxConcurrentCount and FailureToleranceCount + 1", and less with every failure.
 */
export function concurrencyOf(preferences: Preferences, accounts: number, failures: number): number {
  const { MaxConcurrentCount, MaxConcurrentPercentage, ConcurrencyMode } = preferences;
  const most =
    MaxConcurrentPercentage === undefined ? (MaxConcurrentCount ?? 1) : Math.max(1, Math.floor((accounts * MaxConcurrentPercentage) / 100));
  if (ConcurrencyMode === 'SOFT_FAILURE_TOLERANCE') return most;
  return Math.max(1, Math.min(most, toleranceOf(preferences, accounts) + 1 - failures));
}
