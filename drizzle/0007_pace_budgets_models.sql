CREATE TABLE "budgets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "budgets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"max_cost" double precision,
	"max_tokens" bigint,
	"counted_cost" double precision DEFAULT 0 NOT NULL,
	"counted_tokens" double precision DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoint_paces" (
	"key" text PRIMARY KEY NOT NULL,
	"state" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "models_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"base_url" text NOT NULL,
	"model" text NOT NULL,
	"api_key_env" text,
	"sealed_key" text,
	"decoding" jsonb NOT NULL,
	"image_detail" text,
	"price_in" double precision,
	"price_out" double precision,
	"batch_price_in" double precision,
	"batch_price_out" double precision,
	"requests_per_minute" double precision,
	"tokens_per_minute" double precision,
	"concurrency" smallint NOT NULL,
	"timeout_ms" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "models_name" UNIQUE("name"),
	CONSTRAINT "models_one_key" CHECK (num_nonnulls("models"."api_key_env", "models"."sealed_key") <= 1)
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "model_id" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "tokens_per_minute" double precision;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "budget_id" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "counted_cost" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "counted_tokens" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_budget_id_budgets_id_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_budget" ON "runs" USING btree ("budget_id");