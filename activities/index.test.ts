import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
let folder: string;
let bindings: readonly { name: string; line: string }[];
let errors: string;

/** index.ts alone: its imports are stubs, except for the contracts that it must satisfy. */
async function readIndex(): Promise<string> {
  const source = await readFile(join(import.meta.dirname, 'index.ts'), 'utf8');
  return source.replace(/^import (type )?\{(.+)\} from '(.+)';$/gm, (_whole, type: string | undefined, names: string, from: string) => {
    if (from.includes('/contracts/')) return `import type {${names}} from '${resolve(import.meta.dirname, from)}';`;
    const stub = (name: string) => (type ? `type ${name} = any;` : `declare const ${name}: any;`);
    return names
      .split(',')
      .map((name) => stub(name.trim()))
      .join(' ');
  });
}

async function compile(): Promise<string> {
  const options = { compilerOptions: { types: [], noUnusedLocals: false }, extends: join(root, 'tsconfig.json'), include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  return await new Promise((done) => {
    execFile(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], { maxBuffer: 1e7 }, (_error, stdout) =>
      done(stdout),
    );
  });
}

const errorsIn = (name: string): string[] => errors.split('\n').filter((line) => line.includes(`${name}.ts(`));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-bindings-'));
  const index = await readIndex();
  bindings = [...index.matchAll(/^ {4}(\w+): \(.*,$/gm)].map(([line, name]) => ({ name: name!, line }));
  await writeFile(join(folder, 'intact.ts'), index);
  await writeFile(join(folder, 'undeclared.ts'), index.replace('  return {\n', '  return {\n    undeclared: async () => {},\n'));
  await Promise.all(bindings.map(({ name, line }) => writeFile(join(folder, `without-${name}.ts`), index.replace(line, ''))));
  errors = await compile();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('S6: an activity that is declared and not bound does not compile', () => {
  expect(errorsIn('intact')).toEqual([]);
  expect(bindings.length).toBeGreaterThan(40);
  for (const { name } of bindings) expect(errorsIn(`without-${name}`), name).toEqual([expect.stringContaining(`'${name}' is missing`)]);
});

it('an activity that is bound and not declared does not compile', () => {
  expect(errorsIn('undeclared')).toEqual([expect.stringContaining(`'undeclared' does not exist`)]);
});
