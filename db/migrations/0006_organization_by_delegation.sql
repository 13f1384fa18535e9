ALTER TABLE "cloud_organizations" ADD COLUMN "member_stack_set" jsonb;--> statement-breakpoint
ALTER TABLE "delegation_requests" ADD COLUMN "organization_scope" jsonb;