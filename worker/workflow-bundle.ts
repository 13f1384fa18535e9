import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../config/environment.ts';
import type { PayloadCodecMode } from '../temporal/payload-codec.ts';

/** The workflow bundle that `npm run build` writes beside the compiled programs. */
export const builtBundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/**
 * The bundle whose failures are encoded, beside the bundle whose failures are in clear. Workflow code cannot read settings,
 * so a build makes both.
 */
export function bundleFor(mode: PayloadCodecMode, codePath: string): string {
  return mode === 'encrypt' ? codePath.replace(/(\.js)?$/, '.encrypt.js') : codePath;
}

/**
 * Finds the bundle of workflow code: the named file, or the built one, and with `encrypt` the one beside it. Returns undefined if the worker must bundle the
 * workflow folder at start, which only development allows: in production every worker of a release runs the same tested
 * bytes. Throws a ConfigurationError if the bundle is missing.
 */
export function findWorkflowBundle(
  named: string | undefined,
  isProduction: boolean,
  built: string = builtBundle,
  mode: PayloadCodecMode = 'decode',
): { codePath: string } | undefined {
  const codePath = bundleFor(mode, named ?? built);
  if (existsSync(codePath)) return { codePath };
  if (named === undefined && !isProduction) return undefined;
  throw new ConfigurationError(
    `muster worker cannot start: there is no workflow bundle at ${codePath}. Run npm run build, or set MUSTER_WORKFLOW_BUNDLE to the path of a bundle.`,
  );
}
