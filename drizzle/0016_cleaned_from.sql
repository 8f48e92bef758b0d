ALTER TABLE "stimuli" ADD COLUMN "cleaned_from" text;--> statement-breakpoint
ALTER TABLE "stimuli" ADD CONSTRAINT "stimuli_cleaned_from" CHECK ("stimuli"."cleaned_from" ~ '^[0-9a-f]{64}$');