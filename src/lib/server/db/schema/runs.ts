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
  timestamp,
  unique
} from 'drizzle-orm/pg-core';
import { presentations, sessions } from './sessions.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** How a model sits a study: the session's other half. */
export const runs = pgTable(
  'runs',
  {
    sessionId: integer('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    baseUrl: text('base_url').notNull(),
    /** The name of the environment variable that holds the key; never the key. */
    apiKeyEnv: text('api_key_env'),
    readout: text('readout').notNull(),
    /** temperature, maxTokens, seed …: what goes into every request. */
    decoding: jsonb('decoding').$type<Decoding>().notNull(),
    imageDetail: text('image_detail'),
    repeats: smallint('repeats').notNull().default(1),
    bothOrders: boolean('both_orders').notNull().default(false),
    concurrency: smallint('concurrency').notNull(),
    requestsPerMinute: doublePrecision('requests_per_minute'),
    timeoutMs: integer('timeout_ms').notNull(),
    /** US dollars; null is no cap. */
    maxCost: doublePrecision('max_cost'),
    /** US dollars a million tokens. */
    priceIn: doublePrecision('price_in'),
    priceOut: doublePrecision('price_out'),
    state: text('state').notNull(),
    stateReason: text('state_reason'),
    /** Who works on it now, and until when that is believed without a sign of life. */
    leaseOwner: text('lease_owner'),
    leaseExpiresAt: instant('lease_expires_at'),
    finishedAt: instant('finished_at')
  },
  (table) => [
    check(
      'runs_state',
      sql`${table.state} in ('queued', 'running', 'paused', 'cancelled', 'capped', 'failed', 'completed')`
    ),
    check('runs_readout', sql`${table.readout} in ('text', 'json', 'logprobs')`),
    index('runs_state').on(table.state)
  ]
);

export interface Decoding {
  temperature: number | null;
  topP?: number | null;
  maxTokens: number | null;
  seed?: number | null;
}

/** The exact text of a prompt, once, named by its SHA-256. `parts` holds the places of the pictures too. */
export const promptTexts = pgTable('prompt_texts', {
  sha256: text('sha256').primaryKey(),
  promptId: text('prompt_id').notNull(),
  promptVersion: integer('prompt_version').notNull(),
  parts: jsonb('parts').notNull(),
  createdAt: instant('created_at').notNull().defaultNow()
});

/**
 * A model's raw answers, stored before anything is made of them. Append-only (a trigger sees to it): a
 * response can be derived again from its completion at any time.
 */
export const completions = pgTable(
  'completions',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    presentationId: bigint('presentation_id', { mode: 'number' })
      .notNull()
      .references(() => presentations.id),
    attempt: smallint('attempt').notNull(),
    promptSha256: text('prompt_sha256')
      .notNull()
      .references(() => promptTexts.sha256),
    /** The model's name as the endpoint gave it back. */
    reportedModel: text('reported_model'),
    content: text('content'),
    refusal: text('refusal'),
    finishReason: text('finish_reason'),
    logprobs: jsonb('logprobs'),
    tokensIn: integer('tokens_in'),
    tokensOut: integer('tokens_out'),
    /** US dollars, at the run's prices; null where they are unknown. */
    cost: doublePrecision('cost'),
    latencyMs: doublePrecision('latency_ms').notNull(),
    receivedAt: instant('received_at').notNull().defaultNow()
  },
  (table) => [unique('completions_attempt').on(table.presentationId, table.attempt)]
);

/** Requests that brought no completion: what a run's page shows of the endpoint's health. */
export const requestFailures = pgTable(
  'request_failures',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    presentationId: bigint('presentation_id', { mode: 'number' })
      .notNull()
      .references(() => presentations.id, { onDelete: 'cascade' }),
    status: smallint('status'),
    message: text('message').notNull(),
    at: instant('at').notNull().defaultNow()
  },
  (table) => [index('request_failures_presentation').on(table.presentationId)]
);
