import { z } from '@hono/zod-openapi';
import type { ApiKeyRow } from '../../db/schema/rows.ts';
import { timestamp } from './fields.ts';

export const roleSchema = z.enum(['admin', 'viewer'], { error: 'role must be "admin" or "viewer".' });

/** An API key without the key itself. */
export const apiKeySchema = z.object({ id: z.guid(), name: z.string(), role: roleSchema, createdAt: timestamp }).openapi('ApiKey');

export type ApiKey = z.infer<typeof apiKeySchema>;

export function toApiKey(row: ApiKeyRow): ApiKey {
  return { id: row.id, name: row.name, role: row.role, createdAt: row.createdAt.toISOString() };
}
