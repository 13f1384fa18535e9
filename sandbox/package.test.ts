import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modules } from './core/modules.ts';

const root = import.meta.dirname;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const isOfTests = (file: string): boolean => /\.test\.ts$|^fixtures\/|^vitest\.config\.ts$/.test(file);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith('node_modules/'),
);

/** The packages that a file imports. */
function packagesOf(file: string): string[] {
  const specifiers = [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export) [^;]*?from '([^.'][^']*)'/gms)].map(
    ([, specifier]) => specifier!,
  );
  return specifiers
    .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
    .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name));
}

test('the package declares each dependency that it imports, and no other', () => {
  const imported = new Set(files.filter((file) => !isOfTests(file)).flatMap(packagesOf));
  expect(Object.keys(manifest.dependencies).toSorted()).toEqual([...imported].toSorted());
});

test('tests import declared dependencies only', () => {
  const declared = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(
    files
      .filter(isOfTests)
      .flatMap(packagesOf)
      .filter((name) => !(name in declared)),
  ).toEqual([]);
});

test('no path leads out of the package', () => {
  const outside = files.filter((file) => {
    const depth = file.split('/').length - 1;
    const climbs = [...readFileSync(join(root, file), 'utf8').matchAll(/from '((?:\.\.\/)+)/g)].map(([, up]) => up!.length / 3);
    return climbs.some((up) => up > depth);
  });
  expect(outside).toEqual([]);
});

test('the README names every operation', () => {
  const words = new Set(readFileSync(join(root, 'README.md'), 'utf8').match(/\w+/g));
  const missing = modules.flatMap(({ service, operations }) =>
    Object.keys(operations)
      .filter((name) => !words.has(name))
      .map((name) => `${service}:${name}`),
  );
  expect(missing).toEqual([]);
});
