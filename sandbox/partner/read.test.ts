import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPartner } from './read.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  file = join(folder, 'partner.json');
});
afterEach(() => rm(folder, { recursive: true }));

test('files are found beside the file that names them', async () => {
  await mkdir(join(folder, 'delegation'));
  await writeFile(join(folder, 'stack.yaml'), 'Resources: {}');
  await writeFile(join(folder, 'delegation/policy.json'), '{"Version":"2012-10-17"}');
  const registration = { partnerName: 'P', partnerDomain: 'partner.example', accountIds: ['123456789012'], permissionsBoundaries: [] };
  await writeFile(
    join(folder, 'delegation/registration.json'),
    JSON.stringify({ ...registration, policyTemplates: [{ arn: 'arn', file: 'policy.json' }] }),
  );
  const settings = { accountId: '123456789012', instanceProfileName: 'worker' };
  await writeFile(
    file,
    JSON.stringify({
      ...settings,
      stack: { name: 'own', templateFile: 'stack.yaml' },
      registrationFile: 'delegation/registration.json',
    }),
  );
  expect(await readPartner(file)).toEqual({
    ...settings,
    stack: { name: 'own', templateBody: 'Resources: {}' },
    registration: { ...registration, policyTemplates: [{ arn: 'arn', document: '{"Version":"2012-10-17"}' }] },
  });
});

test('the account alone is enough', async () => {
  await writeFile(file, '{"accountId":"123456789012"}');
  expect(await readPartner(file)).toEqual({ accountId: '123456789012' });
});

test('an error names the file and each wrong field', async () => {
  await writeFile(file, '{"accountId":"12","stack":{"name":"own"}}');
  await expect(readPartner(file)).rejects.toThrow(/partner\.json: accountId: must be 12 digits; stack\.templateFile: /);
});
