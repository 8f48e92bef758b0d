CREATE TABLE "vote_imports" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "vote_imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"sha256" text NOT NULL,
	"file_name" text NOT NULL,
	"kind" text NOT NULL,
	"options" jsonb NOT NULL,
	"state" text DEFAULT 'storing' NOT NULL,
	"observers" integer NOT NULL,
	"votes" integer NOT NULL,
	"stored" integer DEFAULT 0 NOT NULL,
	"missing" integer NOT NULL,
	"passed_over" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heard_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stored_at" timestamp with time zone,
	CONSTRAINT "vote_imports_once" UNIQUE("study_id","sha256"),
	CONSTRAINT "vote_imports_kind" CHECK ("vote_imports"."kind" in ('rater', 'model', 'synthetic')),
	CONSTRAINT "vote_imports_state" CHECK ("vote_imports"."state" in ('storing', 'stored', 'leaving'))
);
--> statement-breakpoint
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_door";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "imported" jsonb;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "vote_import_id" integer;--> statement-breakpoint
ALTER TABLE "vote_imports" ADD CONSTRAINT "vote_imports_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "vote_imports_study" ON "vote_imports" USING btree ("study_id");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_vote_import_id_vote_imports_id_fk" FOREIGN KEY ("vote_import_id") REFERENCES "public"."vote_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_vote_import" ON "sessions" USING btree ("vote_import_id");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_door" CHECK ("sessions"."door" in ('page', 'model', 'import'));