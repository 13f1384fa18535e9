import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

/** API keys, stored as SHA-256 hashes of 256-bit random values (S3). */
export const apiKeys = pgTable('api_keys', {
  id: id(),
  name: text('name').notNull(),
  role: text('role').$type<'admin' | 'viewer'>().notNull(),
  keyHash: text('key_hash').notNull().unique(),
  createdAt: at('created_at').notNull().defaultNow(),
  revokedAt: at('revoked_at'),
});

/** The audit trail. Each line is written in the transaction of its change (S3). */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: id(),
    at: at('at').notNull().defaultNow(),
    actorType: text('actor_type').$type<'api_key' | 'system'>().notNull(),
    /** The API key's id, or the name of the workflow or process. */
    actorId: text('actor_id').notNull(),
    actorName: text('actor_name').notNull(),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull().default({}),
    requestId: text('request_id'),
  },
  (table) => [index('audit_events_at_idx').on(table.at), index('audit_events_target_idx').on(table.targetType, table.targetId)],
);

/** The responses of create calls, which a repeated call returns again (S2). */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    apiKeyId: uuid('api_key_id').notNull(),
    key: text('key').notNull(),
    /** HMAC-SHA-256 over method, path and body, by a key derived from a sealing key: bodies hold secrets that could be guessed. */
    fingerprint: text('fingerprint').notNull(),
    /** The id of that sealing key. Null in a row of an older release, whose call cannot be compared. */
    keyId: text('key_id'),
    /** The resource that the first call created; a retry that finds no response yet continues with it. */
    resourceId: uuid('resource_id'),
    responseStatus: integer('response_status'),
    responseHeaders: jsonb('response_headers').$type<Record<string, string>>(),
    responseBody: jsonb('response_body'),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.apiKeyId, table.key] }), index('idempotency_keys_expires_idx').on(table.expiresAt)],
);
