ALTER TABLE "sessions" DROP CONSTRAINT "sessions_ending";--> statement-breakpoint
DROP INDEX "sessions_participant";--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_participant" ON "sessions" USING btree ("study_id","participant") WHERE "sessions"."ending" is distinct from 'timed-out';--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_ending" CHECK ("sessions"."ending" in ('done', 'screened-out', 'failed-attention', 'no-consent', 'returned', 'timed-out'));