CREATE TABLE "preregistrations" (
	"study_id" integer PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"text" text NOT NULL,
	"registered_by" text NOT NULL,
	"registered_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "preregistrations_hash" CHECK ("preregistrations"."sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "unblindings" (
	"study_id" integer PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"by" text,
	"what" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "preregistrations" ADD CONSTRAINT "preregistrations_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unblindings" ADD CONSTRAINT "unblindings_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- What was decided beforehand, and when somebody first looked, stand.
CREATE TRIGGER preregistrations_stand BEFORE UPDATE ON preregistrations FOR EACH ROW EXECUTE FUNCTION limen_append_only();
--> statement-breakpoint
CREATE TRIGGER unblindings_stand BEFORE UPDATE ON unblindings FOR EACH ROW EXECUTE FUNCTION limen_append_only();
