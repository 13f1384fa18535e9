import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from '../stack/home.ts';

const folder = join(PROJECT_ROOT, 'templates/delegation');
const entries = z.array(z.object({ arn: z.string(), file: z.string() }));
const schema = z.object({ policyTemplates: entries, permissionsBoundaries: entries });

/** A text of the registration, without white space: AWS counts these characters. */
export interface RegisteredText {
  kind: 'policy template' | 'permissions boundary';
  arn: string;
  file: string;
  text: string;
  /** The maximum number of characters. IAM User Guide, "Temporary delegation: policy templates" and "IAM and STS quotas". */
  limit: number;
}

/** The policy templates and boundaries of templates/delegation/registration.json, as the partner sends them to AWS. */
export function registeredTexts(): RegisteredText[] {
  const registration = schema.parse(JSON.parse(readFileSync(join(folder, 'registration.json'), 'utf8')));
  const minified = (file: string): string => JSON.stringify(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  return [
    ...registration.policyTemplates.map((entry) => ({
      ...entry,
      kind: 'policy template' as const,
      text: minified(entry.file),
      limit: 2_048,
    })),
    ...registration.permissionsBoundaries.map((entry) => ({
      ...entry,
      kind: 'permissions boundary' as const,
      text: minified(entry.file),
      limit: 6_144,
    })),
  ];
}
