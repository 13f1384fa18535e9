import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../config/environment.ts';

/** Where `npm run build` puts the workflows' bundle: beside the compiled programs. */
export const builtBundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/**
 * The bundle of workflow code that this worker runs: the one that is named, or the one that was built; undefined to
 * bundle the workflow folder at start. Throws where that may not be: in production every worker of a release runs the
 * same tested bytes, and none needs the sources or the minutes to make its own.
 */
export function findWorkflowBundle(
  named: string | undefined,
  isProduction: boolean,
  built: string = builtBundle,
): { codePath: string } | undefined {
  const codePath = named ?? built;
  if (existsSync(codePath)) return { codePath };
  if (named === undefined && !isProduction) return undefined;
  throw new ConfigurationError(
    `muster worker cannot start: there is no workflow bundle at ${codePath}. Run npm run build, or set MUSTER_WORKFLOW_BUNDLE to the bundle's file.`,
  );
}
