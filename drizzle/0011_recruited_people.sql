ALTER TABLE "sessions" DROP CONSTRAINT "sessions_state";--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "recruitment" jsonb;--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "quota" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "participant" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "recruited" jsonb;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "ending" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "evidence" jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_participant" ON "sessions" USING btree ("study_id","participant");--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_quota" CHECK ("invitations"."quota" > 0);--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_ending" CHECK ("sessions"."ending" in ('done', 'screened-out', 'failed-attention', 'no-consent', 'returned'));--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_state" CHECK ("sessions"."state" in ('active', 'completed', 'ended', 'withdrawn'));