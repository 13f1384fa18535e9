import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtBundle, findWorkflowBundle } from './workflow-bundle.ts';

let folder: string;
let bundle: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'));
  bundle = join(folder, 'workflow-bundle.js');
  await writeFile(bundle, '');
});
afterAll(() => rm(folder, { recursive: true }));

it('S6: in production a worker refuses to start without its bundle, and reports how to build one', () => {
  expect(() => findWorkflowBundle(undefined, true, join(folder, 'none.js'))).toThrow(/no workflow bundle at .*none\.js. Run npm run build/);
});

it('a worker runs the built bundle, unless another one is named', () => {
  expect(findWorkflowBundle(undefined, true, bundle)).toEqual({ codePath: bundle });
  expect(findWorkflowBundle(bundle, true, join(folder, 'none.js'))).toEqual({ codePath: bundle });
});

it('a worker that encrypts runs the bundle with encoded failures beside it, never the other one', async () => {
  expect(() => findWorkflowBundle(bundle, true, builtBundle, 'encrypt')).toThrow(/no workflow bundle at .*workflow-bundle\.encrypt\.js/);
  const encrypting = join(folder, 'workflow-bundle.encrypt.js');
  await writeFile(encrypting, '');
  expect(findWorkflowBundle(bundle, true, builtBundle, 'encrypt')).toEqual({ codePath: encrypting });
  expect(findWorkflowBundle(undefined, true, bundle, 'encrypt')).toEqual({ codePath: encrypting });
});

it('a missing named bundle is always an error; only development bundles at start', () => {
  expect(() => findWorkflowBundle(join(folder, 'none.js'), false, bundle)).toThrow('no workflow bundle');
  expect(findWorkflowBundle(undefined, false, join(folder, 'none.js'))).toBeUndefined();
});
