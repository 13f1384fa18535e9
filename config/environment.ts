import { z } from 'zod';

/** The environment is incomplete or malformed. The message lists every fault, one a line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** A variable, and what is wrong with its value. The message shows no secret. */
export interface SettingFault {
  name: string;
  message: string;
}

/**
 * Reads a program's settings from environment variables. Throws a ConfigurationError that lists all missing and malformed
 * settings at once, so that an operator need not restart the program for each. An empty variable counts as not set. `found`
 * holds faults that were found before.
 */
export function readEnvironment<Schema extends z.ZodObject>(
  program: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
  found: readonly SettingFault[] = [],
): z.infer<Schema> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(present);
  if (result.success && found.length === 0) return result.data;
  const faults = (result.error?.issues ?? []).map((issue) => {
    const name = issue.path.join('.');
    return `  ${name}: ${name in present ? issue.message : `is not set; ${schema.shape[name]?.description ?? 'it is required'}`}`;
  });
  for (const { name, message } of found) faults.push(`  ${name}: ${message}`);
  throw new ConfigurationError(`${program} cannot start. Set these environment variables:\n${faults.join('\n')}`);
}
