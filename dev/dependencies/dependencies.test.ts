import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../stack/home.ts';
import { readAudit, type AuditOutcome } from './advisories.ts';
import { licenceFaults } from './licences.ts';
import { verdictOf } from './verdict.ts';

describe('licences', () => {
  const faults = (license: string | undefined, dev = false, accepted: Parameters<typeof licenceFaults>[1] = []) =>
    licenceFaults({ '': {}, 'node_modules/a/node_modules/@b/c': { version: '1.0.0', license, ...(dev ? { dev } : {}) } }, accepted);

  it.each(['MIT', 'Apache-2.0 AND MIT', '(AGPL-3.0-only OR MIT)', 'BSD-3-Clause'])('%s may run in production', (licence) => {
    expect(faults(licence)).toEqual([]);
  });

  it.each([
    'AGPL-3.0-only',
    'GPL-3.0',
    'MIT AND GPL-2.0-only',
    'LGPL-3.0-or-later',
    'MPL-2.0',
    'SSPL-1.0',
    'BUSL-1.1',
    'UNLICENSED',
    'SEE LICENSE IN x',
  ])('%s may not, because it would bind the product that customers get', (licence) => {
    expect(faults(licence)).toEqual([`@b/c@1.0.0 has the licence ${licence}, which is not on the list for production`]);
  });

  it('development dependencies may be under the MPL, and under no stronger licence', () => {
    expect(faults('MPL-2.0', true)).toEqual([]);
    expect(faults('AGPL-3.0-only', true)).toEqual(['@b/c@1.0.0 has the licence AGPL-3.0-only, which is not on the list']);
  });

  it('a package without a declared licence needs an entry, and the licence in the entry decides', () => {
    expect(faults(undefined)).toEqual(['@b/c@1.0.0 declares no licence: read its files, and enter it in .ci/accepted.json']);
    expect(faults(undefined, false, [{ package: '@b/c', licence: 'MIT', reason: 'LICENSE' }])).toEqual([]);
    expect(faults(undefined, false, [{ package: '@b/c', licence: 'GPL-3.0', reason: 'LICENSE' }])).toHaveLength(1);
  });
});

it('a folder of this repository needs no licence, neither as a workspace nor as the link to it', () => {
  expect(licenceFaults({ 'node_modules/ours': { link: true }, ours: { version: '0.1.0', license: 'UNLICENSED' } }, [])).toEqual([]);
  expect(licenceFaults({ 'ours/node_modules/a': { version: '1.0.0', license: 'GPL-3.0' } }, [])).toHaveLength(1);
});

describe('the verdict', () => {
  const done = (...faults: string[]): AuditOutcome => ({ kind: 'done', faults, stale: ['GHSA-old'] });
  const verdict = (licences: string[], advisories: AuditOutcome) => verdictOf({ packages: 3, licences, advisories });

  it('one fault of either kind fails the check and is reported', () => {
    expect(verdict([], done()).isGood).toBe(true);
    expect(verdict(['a licence'], done())).toMatchObject({ isGood: false, lines: expect.arrayContaining(['a licence']) as string[] });
    expect(verdict([], done('a hole'))).toMatchObject({ isGood: false, lines: expect.arrayContaining(['a hole']) as string[] });
  });

  it('without a report only the licences decide, and the verdict reports that; it also reports unneeded entries', () => {
    const skipped: AuditOutcome = { kind: 'skipped', reason: 'offline' };
    expect([verdict([], skipped).isGood, verdict(['a licence'], skipped).isGood]).toEqual([true, false]);
    // B8: the last line says what was not checked, also after faults.
    for (const licences of [[], ['a licence']]) {
      expect(verdict(licences, skipped).lines.at(-1)).toBe('vulnerabilities: NOT CHECKED, because the registry gave no report (offline)');
    }
    expect(verdict([], done()).lines.join()).toContain('GHSA-old is accepted');
  });
});

describe('vulnerabilities', () => {
  const url = 'https://example.test/advisories/GHSA-aaaa-bbbb-cccc';
  const via = (severity: string) => ({ source: 1, name: 'p', dependency: 'p', title: 'bad', url, severity, range: '<2' });
  const report = (severity: string) =>
    JSON.stringify({ auditReportVersion: 2, vulnerabilities: { p: { via: [via(severity)] }, q: { via: ['p'] } }, metadata: {} });
  const accepted = [{ id: 'GHSA-aaaa-bbbb-cccc', reason: 'not reached', until: '2027-01-31' }];

  it.each(['high', 'critical'])('a %s one fails the check, and is reported once', (severity) => {
    expect(readAudit(report(severity), [], '2027-01-01')).toEqual({ kind: 'done', faults: [`p <2: bad (${severity}, ${url})`], stale: [] });
  });

  it('a moderate one does not', () => {
    expect(readAudit(report('moderate'), [], '2027-01-01')).toEqual({ kind: 'done', faults: [], stale: [] });
  });

  it('an accepted one passes until its day', () => {
    expect(readAudit(report('high'), accepted, '2027-01-31')).toMatchObject({ faults: [] });
    expect(readAudit(report('high'), accepted, '2027-02-01')).toMatchObject({
      faults: [expect.stringContaining('accepted until 2027-01-31')],
    });
  });

  it('reports an entry that no advisory needs', () => {
    expect(readAudit(JSON.stringify({ vulnerabilities: {} }), accepted, '2027-01-01')).toEqual({
      kind: 'done',
      faults: [],
      stale: [accepted[0]!.id],
    });
  });

  it.each([
    ['', 'npm gave no report'],
    ['not json', 'npm gave no report'],
    ['{"message":"405 Method Not Allowed - POST https://r.test/-/npm","error":{"summary":""}}', '405 Method Not Allowed'],
    [
      '{"error":{"code":"ENOTFOUND","summary":"request to https://r.test/x failed, reason: getaddrinfo"}}',
      'request to failed, reason: getaddrinfo',
    ],
  ])('without a report it claims nothing: %s', (output, reason) => {
    expect(readAudit(output, [], '2027-01-01')).toEqual({ kind: 'skipped', reason });
  });
});

it('production installs every package that the programs import', async () => {
  const { dependencies } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const missing: string[] = [];
  for (const folder of ['api', 'worker', 'db', 'config', 'notifications', 'temporal', 'activities', 'workflows', 'domain', 'templates']) {
    for (const file of await readdir(join(PROJECT_ROOT, folder), { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const text = await readFile(join(PROJECT_ROOT, folder, file), 'utf8');
      for (const [, specifier] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^.'][^']*)'/gms)) {
        const name = specifier!
          .split('/')
          .slice(0, specifier!.startsWith('@') ? 2 : 1)
          .join('/');
        if (!name.startsWith('node:') && !builtinModules.includes(name) && !(name in dependencies))
          missing.push(`${folder}/${file}: ${name}`);
      }
    }
  }
  expect(missing).toEqual([]);
});
