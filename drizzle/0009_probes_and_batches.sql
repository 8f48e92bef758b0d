CREATE TABLE "batch_requests" (
	"batch_id" integer NOT NULL,
	"presentation_id" bigint NOT NULL,
	"fingerprint" text NOT NULL,
	"image_sha256" text[] NOT NULL,
	"result" text,
	CONSTRAINT "batch_requests_batch_id_presentation_id_pk" PRIMARY KEY("batch_id","presentation_id"),
	CONSTRAINT "batch_requests_result" CHECK ("batch_requests"."result" in ('answered', 'failed', 'expired'))
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "batches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"session_id" integer NOT NULL,
	"token" text NOT NULL,
	"state" text DEFAULT 'preparing' NOT NULL,
	"input_file_id" text,
	"remote_id" text,
	"remote_state" text,
	"requests" integer NOT NULL,
	"enforced" boolean NOT NULL,
	"held_cost" double precision DEFAULT 0 NOT NULL,
	"held_tokens" double precision DEFAULT 0 NOT NULL,
	"problem" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"submitted_at" timestamp with time zone,
	"collected_at" timestamp with time zone,
	CONSTRAINT "batches_token_unique" UNIQUE("token"),
	CONSTRAINT "batches_state" CHECK ("batches"."state" in ('preparing', 'submitted', 'collected', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "probe_answers" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "probe_answers_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"probe_id" integer NOT NULL,
	"model" text NOT NULL,
	"base_url" text NOT NULL,
	"api_key_env" text,
	"temperature" double precision,
	"max_tokens" integer,
	"picture" smallint,
	"state" text DEFAULT 'asked' NOT NULL,
	"image_sha256" text[],
	"reported_model" text,
	"simulated" boolean DEFAULT false NOT NULL,
	"content" text,
	"refusal" text,
	"finish_reason" text,
	"tokens_in" integer,
	"tokens_out" integer,
	"latency_ms" double precision,
	"failure" text,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp with time zone,
	CONSTRAINT "probe_answers_state" CHECK ("probe_answers"."state" in ('asked', 'answered', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "probes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "probes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"preset" text,
	"prompt" text NOT NULL,
	"each" boolean NOT NULL,
	"dataset_id" integer NOT NULL,
	"pictures" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "probes_name_unique" UNIQUE("name"),
	CONSTRAINT "probes_pictures" CHECK (jsonb_array_length("probes"."pictures") between 1 and 100)
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "batch" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "batch_requests" ADD CONSTRAINT "batch_requests_batch_id_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."batches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batch_requests" ADD CONSTRAINT "batch_requests_presentation_fk" FOREIGN KEY ("presentation_id") REFERENCES "public"."presentations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "probe_answers" ADD CONSTRAINT "probe_answers_probe_id_probes_id_fk" FOREIGN KEY ("probe_id") REFERENCES "public"."probes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "probes" ADD CONSTRAINT "probes_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "batch_requests_presentation" ON "batch_requests" USING btree ("presentation_id");--> statement-breakpoint
CREATE INDEX "batches_session" ON "batches" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "probe_answers_probe" ON "probe_answers" USING btree ("probe_id");