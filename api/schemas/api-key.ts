import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { apiKeys } from '../../db/schema/index.ts';
import { timestamp } from './fields.ts';

export const roleSchema = z.enum(['admin', 'viewer'], { error: 'role is "admin" or "viewer".' });

/** An API key without the key. */
export const apiKeySchema = z.object({ id: z.guid(), name: z.string(), role: roleSchema, createdAt: timestamp }).openapi('ApiKey');

export type ApiKey = z.infer<typeof apiKeySchema>;

export function toApiKey(row: InferSelectModel<typeof apiKeys>): ApiKey {
  return { id: row.id, name: row.name, role: row.role, createdAt: row.createdAt.toISOString() };
}
