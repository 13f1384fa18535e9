/** Partner settings from files. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { PartnerRegistration } from '../delegation/registration.ts';
import type { PartnerSettings } from './settings.ts';

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');
const name = z.string().min(1);

const settingsSchema = z.strictObject({
  accountId,
  stack: z.strictObject({ name, templateFile: name }).optional(),
  instanceProfileName: name.optional(),
  registrationFile: name.optional(),
  organizationRoleNames: z.strictObject({ organization: name, member: name }).optional(),
});

const documents = z.array(z.strictObject({ arn: name, file: name }));
const registrationSchema = z.strictObject({
  partnerName: name,
  partnerDomain: name,
  accountIds: z.array(accountId),
  policyTemplates: documents,
  permissionsBoundaries: documents,
});

/**
 * Reads partner settings from a JSON file, in which `templateFile` and `registrationFile` name further files. A path in a
 * file is relative to that file.
 * @throws Error naming the file and every field that is wrong.
 */
export async function readPartner(file: string): Promise<PartnerSettings> {
  const { stack, registrationFile, ...rest } = await readJson(file, settingsSchema);
  const beside = (path: string): string => resolve(dirname(file), path);
  return {
    ...rest,
    stack: stack && { name: stack.name, templateBody: await readFile(beside(stack.templateFile), 'utf8') },
    registration: registrationFile === undefined ? undefined : await readRegistration(beside(registrationFile)),
  };
}

async function readRegistration(file: string): Promise<PartnerRegistration> {
  const { policyTemplates, permissionsBoundaries, ...rest } = await readJson(file, registrationSchema);
  const readAll = (entries: z.infer<typeof documents>): Promise<{ arn: string; document: string }[]> =>
    Promise.all(entries.map(async (entry) => ({ arn: entry.arn, document: await readFile(resolve(dirname(file), entry.file), 'utf8') })));
  return {
    ...rest,
    policyTemplates: await readAll(policyTemplates),
    permissionsBoundaries: await readAll(permissionsBoundaries),
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file}: ${result.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('; ')}`);
}
