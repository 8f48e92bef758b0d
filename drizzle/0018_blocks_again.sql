CREATE TABLE "superseded_responses" (
	"presentation_id" bigint NOT NULL,
	"restart" smallint NOT NULL,
	"response" jsonb NOT NULL,
	"superseded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "superseded_responses_presentation_id_restart_pk" PRIMARY KEY("presentation_id","restart")
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "restarts" jsonb;--> statement-breakpoint
ALTER TABLE "superseded_responses" ADD CONSTRAINT "superseded_responses_presentation_id_presentations_id_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE cascade ON UPDATE no action;