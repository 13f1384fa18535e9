ALTER TABLE "idempotency_keys" ADD COLUMN "key_id" text;--> statement-breakpoint
-- An unkeyed hash of a body with a short external id can be guessed. Repeats of these calls are answered with 409.
UPDATE "idempotency_keys" SET "fingerprint" = '';--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "warnings" jsonb DEFAULT '[]'::jsonb NOT NULL;
