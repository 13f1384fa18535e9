import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../stack/home.ts';

/** Files with one import each, which the rules of their folder allow or refuse (CONTRIBUTING.md). */
const IMPORTS: readonly (readonly [file: string, specifier: string, verdict: 'allowed' | 'refused'])[] = [
  ['domain/a.ts', './b.ts', 'allowed'],
  ['domain/deep/b.ts', '../clouds/status.ts', 'allowed'],
  ['domain/c.ts', '../db/client.ts', 'refused'],
  ['domain/d.ts', 'zod', 'refused'],
  ['domain/e.ts', 'node:crypto', 'refused'],
  ['domain/deep/f.ts', '../../workflows/contracts/queues.ts', 'refused'],
  ['workflows/a.ts', '@temporalio/workflow', 'allowed'],
  ['workflows/b.ts', '@temporalio/common', 'allowed'],
  ['workflows/c.ts', './contracts/queues.ts', 'allowed'],
  ['workflows/contracts/d.ts', '../../domain/aws/arn.ts', 'allowed'],
  ['workflows/e.ts', '@temporalio/client', 'refused'],
  ['workflows/f.ts', '@temporalio/worker', 'refused'],
  ['workflows/g.ts', '@aws-sdk/client-iam', 'refused'],
  ['workflows/h.ts', 'node:fs', 'refused'],
  ['workflows/i.ts', 'zod', 'refused'],
  ['workflows/j.ts', '../activities/create.ts', 'refused'],
  ['workflows/k.ts', '../db/client.ts', 'refused'],
  ['activities/aws/a.ts', '../../workflows/contracts/failures.ts', 'allowed'],
  ['activities/aws/b.ts', '../../db/client.ts', 'refused'],
  ['activities/aws/c.ts', '../../workflows/delegation-onboarding.ts', 'refused'],
  ['activities/aws/d.ts', '../../sandbox/core/server.ts', 'refused'],
  ['activities/aws/e.ts', '../../api/app.ts', 'refused'],
  ['activities/aws/i.ts', '@muster/aws-sandbox', 'refused'],
  ['activities/aws/j.test.ts', '@muster/aws-sandbox/testing', 'allowed'],
  ['activities/aws/k.test.ts', '../../sandbox/testing/index.ts', 'refused'],
  ['activities/aws/f.ts', 'drizzle-orm', 'refused'],
  ['activities/aws/g.ts', '../failures.ts', 'allowed'],
  ['activities/aws/h.ts', '../role-check/check-role.ts', 'refused'],
  ['activities/credential-check/a.ts', '../aws/assume-role.ts', 'allowed'],
  ['activities/credential-check/b.ts', '../../workflows/contracts/organization-sync.ts', 'allowed'],
  ['activities/credential-check/c.ts', '../organization-keeper/wake-keeper.ts', 'refused'],
  ['activities/role-check/a.ts', '../../db/client.ts', 'allowed'],
  ['activities/role-check/b.ts', '../organization-sync/inventory/listings.ts', 'refused'],
  ['activities/organization-keeper/a.ts', '../../db/client.ts', 'allowed'],
  ['activities/organization-keeper/b.ts', '../organization-sync/enter-sync-phase.ts', 'refused'],
  ['activities/organization-keeper/c.ts', '../delegation-onboarding/load-request.ts', 'refused'],
  ['activities/organization-sync/a.ts', '../organization-keeper/add-counts.ts', 'allowed'],
  ['activities/organization-sync/checks/b.ts', '../../role-check/check-member.ts', 'allowed'],
  ['activities/organization-sync/checks/c.ts', '../../delegation-onboarding/load-request.ts', 'refused'],
  ['activities/organization-sync/checks/d.ts', '../../index.ts', 'refused'],
  ['activities/organization-sync/inventory/a.ts', '../../organization-keeper/add-counts.ts', 'allowed'],
  ['activities/organization-sync/inventory/b.ts', './aws/refusals.ts', 'refused'],
  ['activities/organization-sync/inventory/c.ts', '../../aws/errors.ts', 'refused'],
  ['activities/organization-sync/inventory/d.ts', '@aws-sdk/client-organizations', 'refused'],
  ['activities/organization-sync/inventory/e.ts', '../../../domain/organizations/rates.ts', 'refused'],
  ['activities/organization-sync/inventory/aws/a.ts', '../run-listing.ts', 'allowed'],
  ['activities/organization-sync/inventory/aws/b.ts', '../../../aws/errors.ts', 'allowed'],
  ['activities/organization-sync/inventory/aws/c.ts', '@aws-sdk/client-organizations', 'allowed'],
  ['activities/delegation-onboarding/a.ts', '../organization-keeper/wake-keeper.ts', 'allowed'],
  ['activities/delegation-onboarding/member-roles/b.ts', '../../aws/errors.ts', 'allowed'],
  ['activities/delegation-onboarding/c.ts', '../role-check/check-role.ts', 'refused'],
  ['activities/failures.ts', './index.ts', 'refused'],
  ['notifications/a.ts', '../workflows/contracts/failures.ts', 'allowed'],
  ['notifications/b.ts', '../worker/intake.ts', 'refused'],
  ['notifications/c.ts', '@muster/aws-sandbox/testing', 'refused'],
  ['notifications/d.ts', '../temporal/connect.ts', 'refused'],
  ['temporal/a.ts', '../db/sealing/envelope.ts', 'allowed'],
  ['temporal/b.ts', '../worker/settings.ts', 'refused'],
  ['workflows/l.ts', '../temporal/connect.ts', 'refused'],
  ['activities/aws/l.ts', '../../temporal/connect.ts', 'refused'],
  ['api/routes/a.ts', '../../db/client.ts', 'refused'],
  ['api/routes/deep/h.ts', '../../../db/storable-text.ts', 'refused'],
  ['api/routes/i.ts', 'hono', 'allowed'],
  ['api/routes/j.ts', '@muster/aws-sandbox', 'refused'],
  ['api/routes/b.ts', '../../notifications/accept.ts', 'allowed'],
  ['api/routes/c.ts', '../../workflows/contracts/queues.ts', 'allowed'],
  ['api/routes/d.ts', '../../activities/create.ts', 'refused'],
  ['api/routes/e.ts', '../../workflows/index.ts', 'refused'],
  ['api/routes/f.ts', '../../sandbox/main.ts', 'refused'],
  ['api/g.ts', '../dev/stack/stack.ts', 'refused'],
  ['api/h.ts', '@muster/aws-sandbox', 'refused'],
  ['api/services/a.ts', '../../db/client.ts', 'allowed'],
  ['api/services/b.ts', '../idempotency/once.ts', 'allowed'],
  ['api/services/c.ts', 'hono', 'refused'],
  ['api/services/d.ts', 'hono/http-exception', 'refused'],
  ['api/services/deep/e.ts', '@hono/zod-openapi', 'refused'],
  ['api/services/deep/f.ts', '../../idempotency/answer.ts', 'refused'],
  ['api/services/deep/g.ts', '../../routes/index.ts', 'refused'],
  ['api/services/h.ts', '../../sandbox/main.ts', 'refused'],
  ['api/services/i.ts', '../../workflows/index.ts', 'refused'],
  ['api/services/j.ts', '@muster/aws-sandbox', 'refused'],
  ['worker/a.ts', '../activities/create.ts', 'allowed'],
  ['worker/b.ts', '../api/app.ts', 'refused'],
  ['worker/c.ts', '../sandbox/main.ts', 'refused'],
  ['worker/d.ts', '@muster/aws-sandbox', 'refused'],
  ['db/a.ts', '../domain/badges/badge.ts', 'allowed'],
  ['db/b.ts', '../api/app.ts', 'refused'],
  ['config/a.ts', '../worker/main.ts', 'refused'],
  ['config/b.ts', '@muster/aws-sandbox', 'refused'],
  ['templates/a.ts', '../activities/create.ts', 'refused'],
  ['templates/b.ts', '@muster/aws-sandbox', 'refused'],
  ['sandbox/a.ts', './core/world.ts', 'allowed'],
  ['sandbox/b.ts', '../domain/aws/arn.ts', 'refused'],
  ['sandbox/sts/c.ts', '../../templates/read.ts', 'refused'],
  ['sandbox/sts/d.test.ts', '../../templates/read.ts', 'refused'],
  ['sandbox/sts/e.test.ts', '../testing/index.ts', 'allowed'],
  ['dev/a.ts', '../sandbox/core/server.ts', 'refused'],
  ['dev/c.ts', '@muster/aws-sandbox', 'allowed'],
  ['dev/d.ts', '@muster/aws-sandbox/testing', 'allowed'],
  ['dev/e.ts', '@muster/aws-sandbox/core/server.ts', 'refused'],
  ['dev/b.ts', '../test/support/x.ts', 'refused'],
  ['db/c.test.ts', '../dev/postgres/test-postgres.ts', 'allowed'],
  ['test/integration/a.test.ts', '../../dev/stack/stack.ts', 'allowed'],
  ['test/support/b.ts', '@muster/aws-sandbox/testing', 'allowed'],
  ['test/support/c.ts', '../../sandbox/core/server.ts', 'refused'],
  ['test/support/d.ts', '@muster/aws-sandbox/core/world.ts', 'refused'],
];

interface Finding {
  readonly code: string;
  readonly filename: string;
}

let folder: string;
let findings: readonly Finding[];

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), content);
}

async function lint(): Promise<readonly Finding[]> {
  const programs = join(PROJECT_ROOT, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env['PATH']}` };
  const output = await new Promise<string>((resolve) => {
    execFile('oxlint', ['--type-aware', '--format=json'], { cwd: folder, env, maxBuffer: 1e7 }, (_error, stdout) => resolve(stdout));
  });
  return (JSON.parse(output) as { diagnostics: Finding[] }).diagnostics;
}

const refusedIn = (file: string): boolean =>
  findings.some((finding) => finding.filename === file && finding.code === 'eslint(no-restricted-imports)');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-lint-'));
  await copyFile(join(PROJECT_ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  await put('tsconfig.json', '{ "compilerOptions": { "strict": true, "target": "es2023", "module": "nodenext" } }');
  for (const [file, specifier] of IMPORTS) await put(file, `import * as it from '${specifier}';\nexport const seen = it;\n`);
  await put('api/lazy.ts', "export const it = await import('../sandbox/main.ts');\n");
  await put('api/types.ts', "export type { it } from '../sandbox/main.ts';\n");
  for (const folder of ['sandbox/core', 'api']) {
    await put(`${folder}/one.ts`, "import type { Two } from './two.ts';\nexport interface One {\n  two: Two;\n}\n");
    await put(`${folder}/two.ts`, "import type { One } from './one.ts';\nexport interface Two {\n  one: One;\n}\n");
  }
  await put('workflows/floating.ts', 'async function step(): Promise<void> {}\nexport function run(): void {\n  step();\n}\n');
  await put('workflows/misused.ts', '[1].forEach(async () => {\n  await Promise.resolve();\n});\n');
  findings = await lint();
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.each(IMPORTS)('%s: the import of %s is %s', (file, _specifier, verdict) => {
  expect(refusedIn(file)).toBe(verdict === 'refused');
});

test('an import at run time and an import of types count as imports', () => {
  expect(refusedIn('api/lazy.ts')).toBe(true);
  expect(refusedIn('api/types.ts')).toBe(true);
});

test('in sandbox/ types make no circle either, or the state knows every service again', () => {
  const circles = findings.filter(({ code }) => code === 'import(no-cycle)').map(({ filename }) => filename);
  expect(circles.toSorted()).toEqual(['sandbox/core/one.ts', 'sandbox/core/two.ts']);
});

test('a missing await is found, because a workflow would continue without its activity', () => {
  const codes = (file: string): string[] => findings.filter(({ filename }) => filename === file).map(({ code }) => code);
  expect(codes('workflows/floating.ts')).toContain('typescript(no-floating-promises)');
  expect(codes('workflows/misused.ts')).toContain('typescript(no-misused-promises)');
});
