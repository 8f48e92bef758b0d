CREATE TABLE "completions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "completions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"presentation_id" bigint NOT NULL,
	"attempt" smallint NOT NULL,
	"prompt_sha256" text NOT NULL,
	"reported_model" text,
	"content" text,
	"refusal" text,
	"finish_reason" text,
	"logprobs" jsonb,
	"tokens_in" integer,
	"tokens_out" integer,
	"cost" double precision,
	"latency_ms" double precision NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "completions_attempt" UNIQUE("presentation_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "datasets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"scenario" text NOT NULL,
	"layout" text NOT NULL,
	"attribute" text,
	"licence" text,
	"source" text,
	"mos_low" double precision,
	"mos_high" double precision,
	"mos_direction" smallint DEFAULT 1 NOT NULL,
	"simulated" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'importing' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "datasets_scenario" CHECK ("datasets"."scenario" in ('full-reference', 'no-reference')),
	CONSTRAINT "datasets_state" CHECK ("datasets"."state" in ('importing', 'ready')),
	CONSTRAINT "datasets_direction" CHECK ("datasets"."mos_direction" in (1, -1)),
	CONSTRAINT "datasets_scale" CHECK (num_nulls("datasets"."mos_low", "datasets"."mos_high") in (0, 2) and ("datasets"."mos_low" is null or "datasets"."mos_low" < "datasets"."mos_high"))
);
--> statement-breakpoint
CREATE TABLE "images" (
	"sha256" text PRIMARY KEY NOT NULL,
	"byte_length" integer NOT NULL,
	"media_type" text NOT NULL,
	"width_px" integer NOT NULL,
	"height_px" integer NOT NULL,
	"channels" smallint NOT NULL,
	"bit_depth" smallint NOT NULL,
	"has_alpha" boolean NOT NULL,
	"telling" text[] DEFAULT '{}' NOT NULL,
	"shown_sha256" text,
	"shown_media_type" text,
	"shown_why" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "images_sha256" CHECK ("images"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "images_size" CHECK ("images"."width_px" > 0 and "images"."height_px" > 0 and "images"."byte_length" > 0),
	CONSTRAINT "images_shown" CHECK (num_nulls("images"."shown_sha256", "images"."shown_media_type", "images"."shown_why") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "invitations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"token" text NOT NULL,
	"kind" text NOT NULL,
	"label" text,
	"simulated" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "invitations_token" UNIQUE("token"),
	CONSTRAINT "invitations_kind" CHECK ("invitations"."kind" in ('personal', 'open'))
);
--> statement-breakpoint
CREATE TABLE "lab_settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"secret" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "observers" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "observers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "observers_name" UNIQUE("name"),
	CONSTRAINT "observers_kind" CHECK ("observers"."kind" in ('rater', 'model', 'synthetic'))
);
--> statement-breakpoint
CREATE TABLE "presentations" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "presentations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"session_id" integer NOT NULL,
	"study_id" integer NOT NULL,
	"trial_id" integer NOT NULL,
	"position" integer NOT NULL,
	"pass" smallint DEFAULT 0 NOT NULL,
	"order" smallint[] NOT NULL,
	CONSTRAINT "presentations_position" UNIQUE("session_id","position"),
	CONSTRAINT "presentations_once" UNIQUE("session_id","trial_id","pass")
);
--> statement-breakpoint
CREATE TABLE "prompt_texts" (
	"sha256" text PRIMARY KEY NOT NULL,
	"prompt_id" text NOT NULL,
	"prompt_version" integer NOT NULL,
	"parts" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "request_failures" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "request_failures_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"presentation_id" bigint NOT NULL,
	"status" smallint,
	"message" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "researchers" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "researchers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "responses" (
	"presentation_id" bigint PRIMARY KEY NOT NULL,
	"outcome" text NOT NULL,
	"score" double precision,
	"raw_score" double precision,
	"choice" text,
	"ranking" smallint[],
	"response_time_ms" double precision,
	"presented_at" timestamp with time zone,
	"answered_at" timestamp with time zone DEFAULT now() NOT NULL,
	"facts" jsonb,
	"completion_id" bigint,
	"parser_version" smallint,
	"reason" text,
	CONSTRAINT "responses_outcome" CHECK ("responses"."outcome" in ('ok', 'refused', 'unparseable', 'out-of-range', 'truncated', 'content-filtered', 'timeout', 'provider-error')),
	CONSTRAINT "responses_answer" CHECK (num_nonnulls("responses"."score", "responses"."choice", "responses"."ranking") = case when "responses"."outcome" = 'ok' then 1 else 0 end),
	CONSTRAINT "responses_score" CHECK ("responses"."score" between 0 and 100),
	CONSTRAINT "responses_choice" CHECK ("responses"."choice" in ('first', 'second', 'same'))
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"session_id" integer PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"base_url" text NOT NULL,
	"api_key_env" text,
	"readout" text NOT NULL,
	"decoding" jsonb NOT NULL,
	"image_detail" text,
	"repeats" smallint DEFAULT 1 NOT NULL,
	"both_orders" boolean DEFAULT false NOT NULL,
	"concurrency" smallint NOT NULL,
	"requests_per_minute" double precision,
	"timeout_ms" integer NOT NULL,
	"max_cost" double precision,
	"price_in" double precision,
	"price_out" double precision,
	"state" text NOT NULL,
	"state_reason" text,
	"lease_owner" text,
	"lease_expires_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	CONSTRAINT "runs_state" CHECK ("runs"."state" in ('queued', 'running', 'paused', 'cancelled', 'capped', 'failed', 'completed')),
	CONSTRAINT "runs_readout" CHECK ("runs"."readout" in ('text', 'json', 'logprobs'))
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sessions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"observer_id" integer NOT NULL,
	"invitation_id" integer,
	"door" text NOT NULL,
	"ordinal" integer NOT NULL,
	"seed" text NOT NULL,
	"token_hash" text,
	"strategy" text,
	"state" text DEFAULT 'active' NOT NULL,
	"consent" jsonb,
	"device" jsonb,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"completed_at" timestamp with time zone,
	CONSTRAINT "sessions_in_study" UNIQUE("study_id","id"),
	CONSTRAINT "sessions_ordinal" UNIQUE("study_id","door","ordinal"),
	CONSTRAINT "sessions_door" CHECK ("sessions"."door" in ('page', 'model')),
	CONSTRAINT "sessions_state" CHECK ("sessions"."state" in ('active', 'completed', 'withdrawn')),
	CONSTRAINT "sessions_strategy" CHECK ("sessions"."strategy" in ('standard', 'chain-of-thought', 'in-context'))
);
--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"researcher_id" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sign_in_links_purpose" CHECK ("sign_in_links"."purpose" in ('set-up', 'sign-in'))
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"researcher_id" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stimuli" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "stimuli_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"dataset_id" integer NOT NULL,
	"name" text NOT NULL,
	"image_sha256" text NOT NULL,
	"kind" text NOT NULL,
	"reference_id" integer,
	"mos" double precision,
	"sigma" double precision,
	"n_ratings" integer,
	"distortion" text,
	"level" smallint,
	"content" text,
	CONSTRAINT "stimuli_name" UNIQUE("dataset_id","name"),
	CONSTRAINT "stimuli_in_dataset" UNIQUE("dataset_id","id"),
	CONSTRAINT "stimuli_kind" CHECK ("stimuli"."kind" in ('reference', 'distorted')),
	CONSTRAINT "stimuli_reference_kind" CHECK ("stimuli"."kind" = 'distorted' or "stimuli"."reference_id" is null),
	CONSTRAINT "stimuli_sigma" CHECK ("stimuli"."sigma" is null or "stimuli"."sigma" >= 0),
	CONSTRAINT "stimuli_not_nan" CHECK ("stimuli"."mos" <> 'NaN' and "stimuli"."sigma" <> 'NaN')
);
--> statement-breakpoint
CREATE TABLE "studies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "studies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"dataset_id" integer NOT NULL,
	"subset_id" integer,
	"protocol" text NOT NULL,
	"scenario" text NOT NULL,
	"seed" bigint NOT NULL,
	"design" jsonb NOT NULL,
	"plan_report" jsonb NOT NULL,
	"design_hash" text NOT NULL,
	"locked_at" timestamp with time zone,
	"state" text DEFAULT 'open' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "studies_name" UNIQUE("name","version"),
	CONSTRAINT "studies_in_dataset" UNIQUE("id","dataset_id"),
	CONSTRAINT "studies_protocol" CHECK ("studies"."protocol" in ('single-stimulus', 'double-stimulus', 'multiple-stimulus')),
	CONSTRAINT "studies_scenario" CHECK ("studies"."scenario" in ('full-reference', 'no-reference')),
	CONSTRAINT "studies_state" CHECK ("studies"."state" in ('open', 'closed')),
	CONSTRAINT "studies_hash" CHECK ("studies"."design_hash" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "subset_members" (
	"subset_id" integer NOT NULL,
	"dataset_id" integer NOT NULL,
	"rank" integer NOT NULL,
	"stimulus_id" integer NOT NULL,
	CONSTRAINT "subset_members_subset_id_rank_pk" PRIMARY KEY("subset_id","rank"),
	CONSTRAINT "subset_members_once" UNIQUE("subset_id","stimulus_id")
);
--> statement-breakpoint
CREATE TABLE "subsets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subsets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"dataset_id" integer NOT NULL,
	"name" text NOT NULL,
	"method" text NOT NULL,
	"parameters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subsets_name" UNIQUE("dataset_id","name"),
	CONSTRAINT "subsets_in_dataset" UNIQUE("dataset_id","id"),
	CONSTRAINT "subsets_method" CHECK ("subsets"."method" in ('all', 'uniform', 'difficult', 'by-hand'))
);
--> statement-breakpoint
CREATE TABLE "trial_stimuli" (
	"trial_id" integer NOT NULL,
	"dataset_id" integer NOT NULL,
	"slot" smallint NOT NULL,
	"stimulus_id" integer NOT NULL,
	CONSTRAINT "trial_stimuli_trial_id_slot_pk" PRIMARY KEY("trial_id","slot"),
	CONSTRAINT "trial_stimuli_once" UNIQUE("trial_id","stimulus_id")
);
--> statement-breakpoint
CREATE TABLE "trials" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trials_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"study_id" integer NOT NULL,
	"dataset_id" integer NOT NULL,
	"index" integer NOT NULL,
	"role" text NOT NULL,
	"reference_id" integer,
	"expected" jsonb,
	CONSTRAINT "trials_index" UNIQUE("study_id","index"),
	CONSTRAINT "trials_in_study" UNIQUE("study_id","id"),
	CONSTRAINT "trials_in_dataset" UNIQUE("id","dataset_id"),
	CONSTRAINT "trials_role" CHECK ("trials"."role" in ('training', 'test', 'gold', 'trap', 'repeat'))
);
--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_presentation_id_presentations_id_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_prompt_sha256_prompt_texts_sha256_fk" FOREIGN KEY ("prompt_sha256") REFERENCES "public"."prompt_texts"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presentations" ADD CONSTRAINT "presentations_session" FOREIGN KEY ("study_id","session_id") REFERENCES "public"."sessions"("study_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presentations" ADD CONSTRAINT "presentations_trial_fk" FOREIGN KEY ("study_id","trial_id") REFERENCES "public"."trials"("study_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_failures" ADD CONSTRAINT "request_failures_presentation_id_presentations_id_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "responses" ADD CONSTRAINT "responses_presentation_id_presentations_id_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_study_id_studies_id_fk" FOREIGN KEY ("study_id") REFERENCES "public"."studies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_observer_id_observers_id_fk" FOREIGN KEY ("observer_id") REFERENCES "public"."observers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_invitation_id_invitations_id_fk" FOREIGN KEY ("invitation_id") REFERENCES "public"."invitations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_researcher_id_researchers_id_fk" FOREIGN KEY ("researcher_id") REFERENCES "public"."researchers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_ins" ADD CONSTRAINT "sign_ins_researcher_id_researchers_id_fk" FOREIGN KEY ("researcher_id") REFERENCES "public"."researchers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stimuli" ADD CONSTRAINT "stimuli_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stimuli" ADD CONSTRAINT "stimuli_image_sha256_images_sha256_fk" FOREIGN KEY ("image_sha256") REFERENCES "public"."images"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stimuli" ADD CONSTRAINT "stimuli_reference" FOREIGN KEY ("dataset_id","reference_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_subset" FOREIGN KEY ("dataset_id","subset_id") REFERENCES "public"."subsets"("dataset_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subset_members" ADD CONSTRAINT "subset_members_subset" FOREIGN KEY ("dataset_id","subset_id") REFERENCES "public"."subsets"("dataset_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subset_members" ADD CONSTRAINT "subset_members_stimulus" FOREIGN KEY ("dataset_id","stimulus_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subsets" ADD CONSTRAINT "subsets_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_stimuli" ADD CONSTRAINT "trial_stimuli_trial" FOREIGN KEY ("trial_id","dataset_id") REFERENCES "public"."trials"("id","dataset_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial_stimuli" ADD CONSTRAINT "trial_stimuli_stimulus" FOREIGN KEY ("dataset_id","stimulus_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_study" FOREIGN KEY ("study_id","dataset_id") REFERENCES "public"."studies"("id","dataset_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trials" ADD CONSTRAINT "trials_reference" FOREIGN KEY ("dataset_id","reference_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "datasets_name" ON "datasets" USING btree ("name");--> statement-breakpoint
CREATE INDEX "invitations_study" ON "invitations" USING btree ("study_id");--> statement-breakpoint
CREATE INDEX "presentations_trial" ON "presentations" USING btree ("trial_id");--> statement-breakpoint
CREATE INDEX "request_failures_presentation" ON "request_failures" USING btree ("presentation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "researchers_email" ON "researchers" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "runs_state" ON "runs" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "sessions" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "sessions_invitation" ON "sessions" USING btree ("invitation_id");--> statement-breakpoint
CREATE INDEX "sessions_observer" ON "sessions" USING btree ("observer_id");--> statement-breakpoint
CREATE INDEX "sign_ins_researcher" ON "sign_ins" USING btree ("researcher_id");--> statement-breakpoint
CREATE INDEX "stimuli_of_reference" ON "stimuli" USING btree ("reference_id");--> statement-breakpoint
CREATE INDEX "stimuli_image" ON "stimuli" USING btree ("image_sha256");--> statement-breakpoint
CREATE INDEX "trial_stimuli_stimulus" ON "trial_stimuli" USING btree ("stimulus_id");