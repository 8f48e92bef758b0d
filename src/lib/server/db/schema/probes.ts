import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp
} from 'drizzle-orm/pg-core';
import { datasets } from './stimuli.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A free question about chosen pictures. */
export const probes = pgTable(
  'probes',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull().unique(),
    /** The preset it began from; null: none. */
    preset: text('preset'),
    prompt: text('prompt').notNull(),
    /** Whether every picture is asked about by itself. */
    each: boolean('each').notNull(),
    datasetId: integer('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    /** In order. */
    pictures: jsonb('pictures').$type<ProbePicture[]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [check('probes_pictures', sql`jsonb_array_length(${table.pictures}) between 1 and 100`)]
);

export interface ProbePicture {
  stimulusId: number;
  name: string;
  /** The stored file's hash. */
  sha256: string;
}

/** One request of a probe to one model, and what came back. */
export const probeAnswers = pgTable(
  'probe_answers',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    probeId: integer('probe_id')
      .notNull()
      .references(() => probes.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    baseUrl: text('base_url').notNull(),
    /** The name of the environment variable that holds the key; never the key. */
    apiKeyEnv: text('api_key_env'),
    temperature: doublePrecision('temperature'),
    maxTokens: integer('max_tokens'),
    /** Which picture, where each is asked about by itself; null: all of them. */
    picture: smallint('picture'),
    state: text('state').notNull().default('asked'),
    /** Pictures as sent, in order, by the SHA-256 of their bytes. */
    imageSha256: text('image_sha256').array(),
    reportedModel: text('reported_model'),
    /** The endpoint says that no model but a simulation answered. */
    simulated: boolean('simulated').notNull().default(false),
    content: text('content'),
    refusal: text('refusal'),
    finishReason: text('finish_reason'),
    tokensIn: integer('tokens_in'),
    tokensOut: integer('tokens_out'),
    latencyMs: doublePrecision('latency_ms'),
    /** Why nothing came back. */
    failure: text('failure'),
    askedAt: instant('asked_at').notNull().defaultNow(),
    answeredAt: instant('answered_at')
  },
  (table) => [
    index('probe_answers_probe').on(table.probeId),
    check('probe_answers_state', sql`${table.state} in ('asked', 'answered', 'failed')`)
  ]
);
