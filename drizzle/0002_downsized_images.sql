CREATE TABLE "downsized_images" (
	"source_sha256" text NOT NULL,
	"max_side_px" integer NOT NULL,
	"sha256" text NOT NULL,
	"media_type" text NOT NULL,
	"width_px" integer NOT NULL,
	"height_px" integer NOT NULL,
	"method" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "downsized_images_source_sha256_max_side_px_pk" PRIMARY KEY("source_sha256","max_side_px")
);
--> statement-breakpoint
ALTER TABLE "downsized_images" ADD CONSTRAINT "downsized_images_source_sha256_images_sha256_fk" FOREIGN KEY ("source_sha256") REFERENCES "public"."images"("sha256") ON DELETE no action ON UPDATE no action;