import { createRequire } from 'node:module';

// It ships no types.
const satisfies = createRequire(import.meta.url)('spdx-satisfies') as (expression: string, allowed: readonly string[]) => boolean;

/** Licences that ask for no more than to be named, so that the product may be given to customers as it is. */
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

/** What we only build and test with may ask for its own changes to be published, or to be named: we ship none of it. */
const allowedForDevelopment = [...allowedEverywhere, 'CC-BY-3.0', 'MPL-2.0'];

/** A package of package-lock.json. */
export interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  /** A link to a folder of our own. */
  link?: boolean;
}

export interface AcceptedLicence {
  package: string;
  /** What its files say, as an SPDX expression. */
  licence: string;
  reason: string;
}

/**
 * A sentence for each installed package whose licence is not on the list, in the words of package-lock.json's keys. A
 * package without a declared licence needs an entry that says what its files say.
 */
export function licenceFaults(packages: Readonly<Record<string, LockedPackage>>, accepted: readonly AcceptedLicence[]): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    if (!isInstalled(path, locked)) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = accepted.find((entry) => entry.package === name)?.licence ?? locked.license;
    if (licence === undefined) return [`${name}@${locked.version} declares no licence: read its files, and enter what they say`];
    if (isAllowed(licence, locked.dev === true ? allowedForDevelopment : allowedEverywhere)) return [];
    return [
      `${name}@${locked.version} has the licence ${licence}, which is not on the list${locked.dev === true ? '' : ' for what runs in production'}`,
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
    // No SPDX expression ("SEE LICENSE IN …"): somebody has to read it.
    return false;
  }
}
