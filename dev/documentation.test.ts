import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problems } from '../api/problems/codes.ts';
import { settings } from '../config/settings.ts';
import { statusCodes, warningCodes } from '../domain/clouds/check.ts';
import { PROJECT_ROOT } from './stack/home.ts';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');

/** The product's own sources below a folder, as one text. */
function sourceOf(...folders: string[]): string {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  });
  return files
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(read)
    .join('\n');
}

/** The codes that a source names: `code: '…'`, and arguments of the functions that make failures. */
function codesIn(source: string): string[] {
  const named = [...source.matchAll(/(?:\bcode: |\bcode \?\? |\b(?:failed|conflict|unavailable|Refusal)\(\s*)'([a-z_]+)'/g)];
  const ofAws = [...source.matchAll(/\bawsFailure\([^;{]*;/g)].flatMap(([call]) => [...call.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)]);
  const ended = [...source.matchAll(/\bnew RequestEnded\(\s*'[a-z]+',\s*'([a-z_]+)'/g)];
  // Zod's own code for a fault in a field.
  return [...named, ...ofAws, ...ended].map(([, code]) => code!).filter((code) => code !== 'custom');
}

/** The codes in the first columns of a page's tables, by section. */
function explainedCodes(page: string): Map<string, string[]> {
  const sections = page.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const cells = [...section.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell!);
      return [section.split('\n')[0]!, cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code!))];
    }),
  );
}

describe('S5: docs/troubleshooting.md explains every code and the next step', () => {
  const page = read('docs/troubleshooting.md');
  const explained = explainedCodes(page);
  const missing = (codes: string[], ...sections: string[]) =>
    codes.filter((code) => !sections.some((section) => explained.get(section)!.includes(code)));

  it('the ends of delegation requests', () => {
    const codes = codesIn(read('workflows/delegation-onboarding/endings.ts'));
    expect(missing(codes, 'Delegation requests')).toEqual([]);
    // The source is read as these tests expect it to be written.
    expect(codes).toEqual(expect.arrayContaining(['account_exists', 'deployment_failed', 'cancelled']));
  });

  it('the ends of syncs and previews', () => {
    const endings = ['organization-sync', 'organization-keeper', 'lib'].map((folder) => `workflows/${folder}`);
    const codes = codesIn(sourceOf(...endings));
    expect(missing(codes, 'Syncs and previews')).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining(['no_snapshot', 'interrupted', 'internal_error']));
  });

  it('the reasons and warnings of clouds', () => {
    expect(missing([...Object.values(statusCodes), ...Object.values(warningCodes)], 'Clouds')).toEqual([]);
  });

  it('the problems of the API and its webhook, with their status', () => {
    const codes = [...Object.keys(problems), ...codesIn(sourceOf('api', 'notifications'))];
    expect(missing(codes, 'API problems', 'The webhook')).toEqual([]);
    const statuses = [...page.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [code!, Number(status)]);
    expect(Object.fromEntries(statuses)).toEqual(Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status])));
  });

  it('the codes that activities and the worker name', () => {
    const codes = codesIn(sourceOf('activities', 'worker'));
    expect(missing(codes, ...explained.keys())).toEqual([]);
    expect(codes).toEqual(
      expect.arrayContaining(['token_refused', 'session_ended', 'sync_ended', 'sealing_key_missing', 'caller_refused']),
    );
  });

  it('no code that is gone', () => {
    const source = sourceOf('workflows', 'activities', 'domain', 'api', 'notifications', 'worker');
    expect([...explained.values()].flat().filter((code) => !source.includes(`'${code}'`) && !source.includes(`  ${code}: {`))).toEqual([]);
  });
});

it('S1: docs/deploy.md and docs/limits.md explain every setting', () => {
  const page = read('docs/deploy.md') + read('docs/limits.md');
  expect(Object.keys(settings).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('the README stays short', () => {
  expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(6_144);
});
