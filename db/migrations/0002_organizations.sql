CREATE TABLE "cloud_organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"aws_organization_id" text NOT NULL,
	"management_account_id" text NOT NULL,
	"partition" text NOT NULL,
	"nickname" text NOT NULL,
	"credential_set_id" uuid NOT NULL,
	"member_role_name" text NOT NULL,
	"scope" jsonb NOT NULL,
	"settings_generation" integer DEFAULT 1 NOT NULL,
	"sync_every_minutes" integer NOT NULL,
	"auto_badging_every_minutes" integer NOT NULL,
	"sync_paused" boolean DEFAULT false NOT NULL,
	"next_sync_at" timestamp (3) with time zone,
	"auto_badging_paused" boolean DEFAULT false NOT NULL,
	"next_auto_badging_at" timestamp (3) with time zone,
	"last_auto_badging_at" timestamp (3) with time zone,
	"scheduled_sync_minutes" integer,
	"scheduled_auto_badging_minutes" integer,
	"claimed_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cloud_organizations_aws_id_key" UNIQUE("aws_organization_id")
);
--> statement-breakpoint
CREATE TABLE "organizational_units" (
	"organization_id" uuid NOT NULL,
	"ou_id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organizational_units_organization_id_ou_id_pk" PRIMARY KEY("organization_id","ou_id")
);
--> statement-breakpoint
CREATE TABLE "policy_attachments" (
	"organization_id" uuid NOT NULL,
	"policy_id" text NOT NULL,
	"target_id" text NOT NULL,
	CONSTRAINT "policy_attachments_organization_id_target_id_policy_id_pk" PRIMARY KEY("organization_id","target_id","policy_id")
);
--> statement-breakpoint
CREATE TABLE "service_control_policies" (
	"organization_id" uuid NOT NULL,
	"policy_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"aws_managed" boolean NOT NULL,
	"content" text,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "service_control_policies_organization_id_policy_id_pk" PRIMARY KEY("organization_id","policy_id")
);
--> statement-breakpoint
CREATE TABLE "previews" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid,
	"sync_id" uuid NOT NULL,
	"nickname" text NOT NULL,
	"member_role_name" text NOT NULL,
	"scope" jsonb NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"as_of" timestamp (3) with time zone,
	"failure_code" text,
	"failure_message" text,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "previews_sync_key" UNIQUE("sync_id")
);
--> statement-breakpoint
CREATE TABLE "sync_accounts" (
	"sync_id" uuid NOT NULL,
	"account_id" text NOT NULL,
	"number" integer NOT NULL,
	"pass" integer,
	"name" text NOT NULL,
	"email" text,
	"state" text NOT NULL,
	"joined_at" timestamp (3) with time zone,
	"ancestors" text[],
	"check_state" text DEFAULT 'waiting' NOT NULL,
	"status" text,
	"status_reason" jsonb,
	"warnings" jsonb,
	"checked_at" timestamp (3) with time zone,
	"changes" text[],
	"rule" jsonb,
	"removal" jsonb,
	"badge_changes" jsonb,
	"path" text,
	"applied_at" timestamp (3) with time zone,
	CONSTRAINT "sync_accounts_sync_id_account_id_pk" PRIMARY KEY("sync_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "sync_account_tags" (
	"sync_id" uuid NOT NULL,
	"account_id" text NOT NULL,
	"tags" jsonb NOT NULL,
	CONSTRAINT "sync_account_tags_sync_id_account_id_pk" PRIMARY KEY("sync_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "sync_listings" (
	"sync_id" uuid NOT NULL,
	"listing" text NOT NULL,
	"pass" integer DEFAULT 1 NOT NULL,
	"next_token" text,
	"pages" integer DEFAULT 0 NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sync_listings_sync_id_listing_pk" PRIMARY KEY("sync_id","listing")
);
--> statement-breakpoint
CREATE TABLE "sync_organizational_units" (
	"sync_id" uuid NOT NULL,
	"ou_id" text NOT NULL,
	"parent_id" text,
	"name" text NOT NULL,
	CONSTRAINT "sync_organizational_units_sync_id_ou_id_pk" PRIMARY KEY("sync_id","ou_id")
);
--> statement-breakpoint
CREATE TABLE "sync_policies" (
	"sync_id" uuid NOT NULL,
	"policy_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"aws_managed" boolean NOT NULL,
	"content" text,
	CONSTRAINT "sync_policies_sync_id_policy_id_pk" PRIMARY KEY("sync_id","policy_id")
);
--> statement-breakpoint
CREATE TABLE "sync_policy_attachments" (
	"sync_id" uuid NOT NULL,
	"policy_id" text NOT NULL,
	"target_id" text NOT NULL,
	CONSTRAINT "sync_policy_attachments_sync_id_target_id_policy_id_pk" PRIMARY KEY("sync_id","target_id","policy_id")
);
--> statement-breakpoint
CREATE TABLE "syncs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text DEFAULT 'sync' NOT NULL,
	"organization_id" uuid,
	"aws_organization_id" text NOT NULL,
	"credential_set_id" uuid,
	"trigger" text NOT NULL,
	"phase" text DEFAULT 'queued' NOT NULL,
	"settings_generation" integer NOT NULL,
	"planned_generation" integer,
	"planned_scope" jsonb,
	"inventory_attempt" integer DEFAULT 0 NOT NULL,
	"last_account_number" integer DEFAULT 0 NOT NULL,
	"listing_completed_at" timestamp (3) with time zone,
	"counts" jsonb DEFAULT '{"listed":0,"inScope":0,"excluded":0,"added":0,"takenOver":0,"moved":0,"renamed":0,"suspended":0,"removed":0,"checked":0,"ok":0,"warning":0,"accessDenied":0,"deferred":0}'::jsonb NOT NULL,
	"badging_counts" jsonb,
	"held_removals" integer,
	"held_removals_state" text,
	"failure_code" text,
	"failure_message" text,
	"signalled_at" timestamp (3) with time zone,
	"claimed_until" timestamp (3) with time zone,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "clouds_organization_idx";--> statement-breakpoint
ALTER TABLE "clouds" ADD COLUMN "organization_parent_id" text;--> statement-breakpoint
ALTER TABLE "clouds" ADD COLUMN "sleeping_credential_set_id" uuid;--> statement-breakpoint
ALTER TABLE "credential_sets" ADD COLUMN "kind" text DEFAULT 'cloud' NOT NULL;--> statement-breakpoint
ALTER TABLE "credential_sets" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cloud_organizations" ADD CONSTRAINT "cloud_organizations_credential_set_id_credential_sets_id_fk" FOREIGN KEY ("credential_set_id") REFERENCES "public"."credential_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organizational_units" ADD CONSTRAINT "organizational_units_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_attachments" ADD CONSTRAINT "policy_attachments_policy_fk" FOREIGN KEY ("organization_id","policy_id") REFERENCES "public"."service_control_policies"("organization_id","policy_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_control_policies" ADD CONSTRAINT "service_control_policies_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "previews" ADD CONSTRAINT "previews_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "previews" ADD CONSTRAINT "previews_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_accounts" ADD CONSTRAINT "sync_accounts_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_account_tags" ADD CONSTRAINT "sync_account_tags_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_listings" ADD CONSTRAINT "sync_listings_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_organizational_units" ADD CONSTRAINT "sync_organizational_units_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_policies" ADD CONSTRAINT "sync_policies_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_policy_attachments" ADD CONSTRAINT "sync_policy_attachments_sync_id_syncs_id_fk" FOREIGN KEY ("sync_id") REFERENCES "public"."syncs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "syncs" ADD CONSTRAINT "syncs_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "syncs" ADD CONSTRAINT "syncs_credential_set_id_credential_sets_id_fk" FOREIGN KEY ("credential_set_id") REFERENCES "public"."credential_sets"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cloud_organizations_credential_set_idx" ON "cloud_organizations" USING btree ("credential_set_id");--> statement-breakpoint
CREATE INDEX "policy_attachments_policy_idx" ON "policy_attachments" USING btree ("organization_id","policy_id");--> statement-breakpoint
CREATE INDEX "previews_expires_idx" ON "previews" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_accounts_number_key" ON "sync_accounts" USING btree ("sync_id","number");--> statement-breakpoint
CREATE INDEX "sync_accounts_unchecked_idx" ON "sync_accounts" USING btree ("sync_id","number") WHERE "sync_accounts"."check_state" in ('waiting', 'deferred');--> statement-breakpoint
CREATE INDEX "sync_accounts_removals_idx" ON "sync_accounts" USING btree ("sync_id","number") WHERE "sync_accounts"."removal" is not null;--> statement-breakpoint
CREATE INDEX "sync_policy_attachments_policy_idx" ON "sync_policy_attachments" USING btree ("sync_id","policy_id");--> statement-breakpoint
CREATE INDEX "syncs_organization_idx" ON "syncs" USING btree ("organization_id","kind","created_at");--> statement-breakpoint
CREATE INDEX "syncs_unsignalled_idx" ON "syncs" USING btree ("created_at") WHERE "syncs"."signalled_at" is null and "syncs"."phase" = 'queued';--> statement-breakpoint
CREATE UNIQUE INDEX "syncs_running_key" ON "syncs" USING btree ("aws_organization_id") WHERE "syncs"."phase" in ('listing', 'applying', 'badging') and "syncs"."kind" <> 'preview';--> statement-breakpoint
CREATE UNIQUE INDEX "syncs_queued_key" ON "syncs" USING btree ("aws_organization_id","kind") WHERE "syncs"."phase" = 'queued' and "syncs"."kind" <> 'preview';--> statement-breakpoint
ALTER TABLE "clouds" ADD CONSTRAINT "clouds_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clouds" ADD CONSTRAINT "clouds_sleeping_credential_set_id_credential_sets_id_fk" FOREIGN KEY ("sleeping_credential_set_id") REFERENCES "public"."credential_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clouds_credential_set_idx" ON "clouds" USING btree ("credential_set_id");--> statement-breakpoint
CREATE INDEX "credential_sets_expires_idx" ON "credential_sets" USING btree ("expires_at") WHERE "credential_sets"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "clouds_organization_idx" ON "clouds" USING btree ("organization_id","account_id");--> statement-breakpoint
ALTER TABLE "clouds" ADD CONSTRAINT "clouds_managed_by_organization" CHECK ("clouds"."managed" = ("clouds"."organization_id" is not null));--> statement-breakpoint
ALTER TABLE "clouds" ADD CONSTRAINT "clouds_sleep_while_managed" CHECK ("clouds"."sleeping_credential_set_id" is null or "clouds"."managed");