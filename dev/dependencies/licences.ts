import { createRequire } from 'node:module';

// The package ships no types.
const satisfies = createRequire(import.meta.url)('spdx-satisfies') as (expression: string, allowed: readonly string[]) => boolean;

/** Licences that require only attribution, so that customers may get the product as it is. */
const allowedEverywhere = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0', // data, such as caniuse-lite's
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
];

/** Development dependencies are not shipped, so they may also require attribution, or the publication of changes to them. */
const allowedForDevelopment = [...allowedEverywhere, 'CC-BY-3.0', 'MPL-2.0'];

/** A package of package-lock.json. */
export interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  /** A link to a folder of this repository. */
  link?: boolean;
}

export interface AcceptedLicence {
  package: string;
  /** The licence in its files, as an SPDX expression. */
  licence: string;
  reason: string;
}

/**
 * Returns a sentence for each installed package whose licence is not on the list. A package without a declared licence
 * needs an entry with the licence in its files.
 */
export function licenceFaults(packages: Readonly<Record<string, LockedPackage>>, accepted: readonly AcceptedLicence[]): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (!isInstalled(path, locked)) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = accepted.find((entry) => entry.package === name)?.licence ?? locked.license;
    if (licence === undefined) return [`${name}@${locked.version} declares no licence: read its files, and enter it in .ci/accepted.json`];
    if (isAllowed(licence, locked.dev === true ? allowedForDevelopment : allowedEverywhere)) return [];
    return [
      `${name}@${locked.version} has the licence ${licence}, which is not on the list${locked.dev === true ? '' : ' for production'}`,
    ];
  });
}

/** False for folders of our own, the root and the workspaces, and for the links to them. */
export function isInstalled(path: string, { link }: LockedPackage): boolean {
  return path.includes('node_modules/') && link !== true;
}

function isAllowed(licence: string, allowed: readonly string[]): boolean {
  try {
    return satisfies(licence, allowed);
  } catch {
    // Not an SPDX expression ("SEE LICENSE IN …"): a person must read it.
    return false;
  }
}
