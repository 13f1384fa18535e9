CREATE TABLE "remembered_clouds" (
	"provider" text DEFAULT 'aws' NOT NULL,
	"partition" text NOT NULL,
	"account_id" text NOT NULL,
	"cloud_id" uuid NOT NULL,
	"organization_id" uuid,
	"nickname" text,
	"badges" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"removed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "remembered_clouds_provider_partition_account_id_pk" PRIMARY KEY("provider","partition","account_id")
);
--> statement-breakpoint
CREATE INDEX "remembered_clouds_organization_idx" ON "remembered_clouds" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "remembered_clouds_expires_idx" ON "remembered_clouds" USING btree ("expires_at");