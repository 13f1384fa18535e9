CREATE TABLE "confirmed_suspensions" (
	"organization_id" uuid NOT NULL,
	"account_id" text NOT NULL,
	CONSTRAINT "confirmed_suspensions_organization_id_account_id_pk" PRIMARY KEY("organization_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "sync_accounts" ADD COLUMN "suspension_confirmed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "syncs" ADD COLUMN "unknown_scope_ids" jsonb;--> statement-breakpoint
ALTER TABLE "confirmed_suspensions" ADD CONSTRAINT "confirmed_suspensions_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;