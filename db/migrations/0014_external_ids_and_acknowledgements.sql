CREATE TABLE "external_id_proofs" (
	"credential_set_id" uuid NOT NULL,
	"role_arn" text NOT NULL,
	"enforced" boolean NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "external_id_proofs_credential_set_id_role_arn_pk" PRIMARY KEY("credential_set_id","role_arn")
);
--> statement-breakpoint
ALTER TABLE "credential_sets" ADD COLUMN "roles_without_external_id" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "external_id_proofs" ADD CONSTRAINT "external_id_proofs_credential_set_id_credential_sets_id_fk" FOREIGN KEY ("credential_set_id") REFERENCES "public"."credential_sets"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "clouds" ADD COLUMN "deployed_credential_set_id" uuid;--> statement-breakpoint
ALTER TABLE "clouds" ADD CONSTRAINT "clouds_deployed_credential_set_id_credential_sets_id_fk" FOREIGN KEY ("deployed_credential_set_id") REFERENCES "public"."credential_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clouds_deployed_credential_set_idx" ON "clouds" USING btree ("deployed_credential_set_id") WHERE "clouds"."deployed_credential_set_id" is not null;
--> statement-breakpoint
CREATE TABLE "acknowledgements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cloud_id" uuid,
	"organization_id" uuid,
	"code" text NOT NULL,
	"policy_id" text,
	"policy_hash" text,
	"action" text,
	"reason" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "acknowledgements_owner" CHECK (num_nonnulls("acknowledgements"."cloud_id", "acknowledgements"."organization_id") = 1)
);
--> statement-breakpoint
ALTER TABLE "remembered_clouds" ADD COLUMN "acknowledgements" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "acknowledgements" ADD CONSTRAINT "acknowledgements_cloud_id_clouds_id_fk" FOREIGN KEY ("cloud_id") REFERENCES "public"."clouds"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acknowledgements" ADD CONSTRAINT "acknowledgements_organization_id_cloud_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."cloud_organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "acknowledgements_cloud_idx" ON "acknowledgements" USING btree ("cloud_id");--> statement-breakpoint
CREATE INDEX "acknowledgements_organization_idx" ON "acknowledgements" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "acknowledgements_until_idx" ON "acknowledgements" USING btree ("until") WHERE "acknowledgements"."ended_at" is null;--> statement-breakpoint
-- The one rule of what an acknowledgement covers: exactly its code, policy, text of the policy, and action. An acknowledgement
-- of an organization covers all of its clouds.
CREATE FUNCTION acknowledgement_of(cloud uuid, organization uuid, warning jsonb) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT a.id FROM acknowledgements a
  WHERE a.ended_at IS NULL AND a.until > now()
    AND (a.cloud_id = cloud OR a.organization_id = organization)
    AND a.code = warning ->> 'code'
    AND a.action IS NOT DISTINCT FROM warning ->> 'action'
    AND a.policy_id IS NOT DISTINCT FROM warning ->> 'policyId'
    AND a.policy_hash IS NOT DISTINCT FROM warning ->> 'policyHash'
  ORDER BY a.until DESC, a.id LIMIT 1
$$;
--> statement-breakpoint
-- The status that warnings leave: null if none of them decides it. Warnings about tags do not.
CREATE FUNCTION status_after_acknowledgements(cloud uuid, organization uuid, warnings jsonb) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN count(*) = 0 THEN NULL
    WHEN bool_or(acknowledgement_of(cloud, organization, w) IS NULL) THEN 'warning' ELSE 'ok' END
  FROM jsonb_array_elements(warnings) w WHERE w ->> 'code' <> 'reserved_tag_key'
$$;
--> statement-breakpoint
CREATE FUNCTION settle_cloud_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.status := coalesce(status_after_acknowledgements(NEW.id, NEW.organization_id, NEW.warnings), NEW.status);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER clouds_settle_status BEFORE INSERT OR UPDATE OF status, warnings, organization_id ON clouds
  FOR EACH ROW WHEN (NEW.status IN ('ok', 'warning') AND NEW.warnings <> '[]'::jsonb) EXECUTE FUNCTION settle_cloud_status();
--> statement-breakpoint
-- The same for the outcome of a check, so that the counts of a sync agree with the statuses of its clouds.
CREATE FUNCTION settle_checked_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.status := coalesce(
    status_after_acknowledgements(
      (SELECT c.id FROM clouds c WHERE c.provider = 'aws' AND c.account_id = NEW.account_id),
      (SELECT s.organization_id FROM syncs s WHERE s.id = NEW.sync_id),
      NEW.warnings),
    NEW.status);
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER sync_accounts_settle_status BEFORE UPDATE OF status ON sync_accounts
  FOR EACH ROW WHEN (NEW.status IN ('ok', 'warning') AND NEW.warnings <> '[]'::jsonb) EXECUTE FUNCTION settle_checked_status();
