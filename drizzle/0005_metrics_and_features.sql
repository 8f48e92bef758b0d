CREATE TABLE "feature_sets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feature_sets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"dataset_id" integer NOT NULL,
	"name" text NOT NULL,
	"version" text NOT NULL,
	"dimension" integer NOT NULL,
	"origin" text NOT NULL,
	"complete" boolean DEFAULT false NOT NULL,
	"provenance" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feature_sets_version" UNIQUE("dataset_id","name","version"),
	CONSTRAINT "feature_sets_in_dataset" UNIQUE("dataset_id","id"),
	CONSTRAINT "feature_sets_origin" CHECK ("feature_sets"."origin" in ('onnx', 'imported')),
	CONSTRAINT "feature_sets_dimension" CHECK ("feature_sets"."dimension" between 0 and 65536)
);
--> statement-breakpoint
CREATE TABLE "feature_vectors" (
	"feature_set_id" integer NOT NULL,
	"dataset_id" integer NOT NULL,
	"stimulus_id" integer NOT NULL,
	"vector" "bytea",
	"failure" text,
	"reason" text,
	CONSTRAINT "feature_vectors_feature_set_id_stimulus_id_pk" PRIMARY KEY("feature_set_id","stimulus_id"),
	CONSTRAINT "feature_vectors_outcome" CHECK (num_nulls("feature_vectors"."vector", "feature_vectors"."failure") = 1)
);
--> statement-breakpoint
CREATE TABLE "learned_models" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "learned_models_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"sha256" text NOT NULL,
	"byte_length" integer NOT NULL,
	"description" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "learned_models_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "measurements" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "measurements_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"dataset_id" integer NOT NULL,
	"request" jsonb NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"problem" text,
	"stop_asked" boolean DEFAULT false NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"found" integer DEFAULT 0 NOT NULL,
	"owner" text,
	"started_at" timestamp with time zone,
	"heard_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "measurements_state" CHECK ("measurements"."state" in ('queued', 'running', 'done', 'stopped', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "metric_values" (
	"metric_id" integer NOT NULL,
	"dataset_id" integer NOT NULL,
	"stimulus_id" integer NOT NULL,
	"value" double precision,
	"failure" text,
	"reason" text,
	CONSTRAINT "metric_values_metric_id_stimulus_id_pk" PRIMARY KEY("metric_id","stimulus_id"),
	CONSTRAINT "metric_values_outcome" CHECK (num_nulls("metric_values"."value", "metric_values"."failure") = 1),
	CONSTRAINT "metric_values_finite" CHECK ("metric_values"."value" not in ('NaN'::float8, 'Infinity'::float8, '-Infinity'::float8))
);
--> statement-breakpoint
CREATE TABLE "metrics" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "metrics_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"dataset_id" integer NOT NULL,
	"name" text NOT NULL,
	"version" text NOT NULL,
	"origin" text NOT NULL,
	"direction" smallint NOT NULL,
	"provenance" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "metrics_version" UNIQUE("dataset_id","name","version"),
	CONSTRAINT "metrics_in_dataset" UNIQUE("dataset_id","id"),
	CONSTRAINT "metrics_origin" CHECK ("metrics"."origin" in ('built-in', 'onnx', 'imported')),
	CONSTRAINT "metrics_direction" CHECK ("metrics"."direction" in (1, -1))
);
--> statement-breakpoint
CREATE TABLE "pristine_models" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pristine_models_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"model" jsonb NOT NULL,
	"sha256" text NOT NULL,
	"provenance" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pristine_models_name_unique" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "feature_sets" ADD CONSTRAINT "feature_sets_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_vectors" ADD CONSTRAINT "feature_vectors_set" FOREIGN KEY ("dataset_id","feature_set_id") REFERENCES "public"."feature_sets"("dataset_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_vectors" ADD CONSTRAINT "feature_vectors_in_dataset" FOREIGN KEY ("dataset_id","stimulus_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "measurements" ADD CONSTRAINT "measurements_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_values" ADD CONSTRAINT "metric_values_metric" FOREIGN KEY ("dataset_id","metric_id") REFERENCES "public"."metrics"("dataset_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metric_values" ADD CONSTRAINT "metric_values_in_dataset" FOREIGN KEY ("dataset_id","stimulus_id") REFERENCES "public"."stimuli"("dataset_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metrics" ADD CONSTRAINT "metrics_dataset_id_datasets_id_fk" FOREIGN KEY ("dataset_id") REFERENCES "public"."datasets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_vectors_stimulus" ON "feature_vectors" USING btree ("dataset_id","stimulus_id");--> statement-breakpoint
CREATE INDEX "measurements_dataset" ON "measurements" USING btree ("dataset_id");--> statement-breakpoint
CREATE INDEX "metric_values_stimulus" ON "metric_values" USING btree ("dataset_id","stimulus_id");