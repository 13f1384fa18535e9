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