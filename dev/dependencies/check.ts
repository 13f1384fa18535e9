import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from '../stack/home.ts';
import { readAudit } from './advisories.ts';
import { isInstalled, licenceFaults, type LockedPackage } from './licences.ts';
import { verdictOf } from './verdict.ts';

const acceptedSchema = z.strictObject({
  licences: z.array(z.strictObject({ package: z.string(), licence: z.string(), reason: z.string().min(10) })),
  advisories: z.array(z.strictObject({ id: z.string(), reason: z.string().min(10), until: z.iso.date() })),
});

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(PROJECT_ROOT, file), 'utf8'));
}

/** Returns npm's output, also if npm fails. Times out early if the registry is unreachable. */
async function audit(): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=30000'],
      { cwd: PROJECT_ROOT, maxBuffer: 64 * 1_048_576, timeout: 120_000 },
      (_error, stdout) => resolve(stdout),
    );
  });
}

/**
 * `npm run dependencies:check`: checks the licences of all installed packages and the known vulnerabilities of production
 * packages. Reports that it skipped the second check if the registry does not answer.
 */
const accepted = acceptedSchema.parse(await readJson('.ci/accepted.json'));
const { packages } = (await readJson('package-lock.json')) as { packages: Record<string, LockedPackage> };
const licences = licenceFaults(packages, accepted.licences);
const advisories = readAudit(await audit(), accepted.advisories, new Date().toISOString().slice(0, 10));
const { lines, isGood } = verdictOf({
  packages: Object.entries(packages).filter(([path, locked]) => isInstalled(path, locked)).length,
  licences,
  advisories,
});
console.log(lines.join('\n'));
if (!isGood) process.exitCode = 1;
