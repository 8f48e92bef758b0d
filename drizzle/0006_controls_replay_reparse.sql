CREATE TABLE "reparses" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reparses_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"session_id" integer NOT NULL,
	"parser_version" smallint NOT NULL,
	"checked" integer NOT NULL,
	"changed" integer NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "response_changes" (
	"reparse_id" integer NOT NULL,
	"presentation_id" bigint NOT NULL,
	"before" jsonb NOT NULL,
	"after" jsonb NOT NULL,
	CONSTRAINT "response_changes_reparse_id_presentation_id_pk" PRIMARY KEY("reparse_id","presentation_id")
);
--> statement-breakpoint
ALTER TABLE "completions" ADD COLUMN "image_sha256" text[];--> statement-breakpoint
ALTER TABLE "completions" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "completions" ADD COLUMN "replayed_from" bigint;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "mass_threshold" double precision;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "control" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "shown_instead" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "replay" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "notes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "reparses" ADD CONSTRAINT "reparses_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "response_changes" ADD CONSTRAINT "response_changes_reparse_id_reparses_id_fk" FOREIGN KEY ("reparse_id") REFERENCES "public"."reparses"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "response_changes" ADD CONSTRAINT "response_changes_presentation_id_presentations_id_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reparses_session" ON "reparses" USING btree ("session_id");--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_replayed_from_completions_id_fk" FOREIGN KEY ("replayed_from") REFERENCES "public"."completions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "completions_fingerprint" ON "completions" USING btree ("fingerprint") WHERE "completions"."fingerprint" is not null and "completions"."replayed_from" is null;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_mass_threshold" CHECK ("runs"."mass_threshold" between 0 and 1);--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_control" CHECK ("runs"."control" in ('random-answers', 'shuffled-images'));--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_shown_instead" CHECK (("runs"."shown_instead" is not null) = coalesce("runs"."control" = 'shuffled-images', false));