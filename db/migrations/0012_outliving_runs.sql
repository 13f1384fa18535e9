ALTER TABLE "clouds" ADD COLUMN "recheck_requested_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "generation" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "run_history_length" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "run_wrote_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "clean_up_due" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "clouds_recheck_requested_idx" ON "clouds" USING btree ("recheck_requested_at") WHERE "clouds"."recheck_requested_at" is not null;