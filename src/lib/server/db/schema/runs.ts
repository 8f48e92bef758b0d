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
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  type AnyPgColumn
} from 'drizzle-orm/pg-core';
import type { Control } from '#lib/domain/controls/control.ts';
import type { PaceState } from '#lib/domain/pacing/pace.ts';
import { models } from './models.ts';
import { presentations, sessions } from './sessions.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/**
 * A hard cap that one run has, or several share. `counted` is what has been paid and what is held for requests that
 * are about to go out; it never passes the cap.
 */
export const budgets = pgTable('budgets', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  /** US dollars; null is no cap. */
  maxCost: doublePrecision('max_cost'),
  /** Tokens in and out together; null is no cap. */
  maxTokens: bigint('max_tokens', { mode: 'number' }),
  countedCost: doublePrecision('counted_cost').notNull().default(0),
  countedTokens: doublePrecision('counted_tokens').notNull().default(0),
  createdAt: instant('created_at').notNull().defaultNow()
});

/** What all processes know of how fast one model at one endpoint may be asked. */
export const endpointPaces = pgTable('endpoint_paces', {
  /** Base URL and model. */
  key: text('key').primaryKey(),
  state: jsonb('state').$type<PaceState>().notNull()
});

/** How a model sits a study: the session's other half. */
export const runs = pgTable(
  'runs',
  {
    sessionId: integer('session_id')
      .primaryKey()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** The registered model that it was started with; null for one that was only named. */
    modelId: integer('model_id').references(() => models.id, { onDelete: 'set null' }),
    model: text('model').notNull(),
    baseUrl: text('base_url').notNull(),
    /** The name of the environment variable that holds the key; never the key. */
    apiKeyEnv: text('api_key_env'),
    readout: text('readout').notNull(),
    /** Below this captured mass a `logprobs` answer is missing; null is the parser's own. */
    massThreshold: doublePrecision('mass_threshold'),
    /** What this run is a control for, where it is one (domain/controls): its figures are no model's. */
    control: text('control').$type<Control>(),
    /** `shuffled-images`: which stimulus was shown in place of which, by id. */
    shownInstead: jsonb('shown_instead').$type<Record<string, number>>(),
    /** Whether a question that was asked before is answered from its stored completion. */
    replay: boolean('replay').notNull().default(false),
    /** Whether it asks by the endpoint's Batch API. */
    batch: boolean('batch').notNull().default(false),
    /** What this run had to do otherwise than asked, as a sentence each. */
    notes: text('notes')
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** temperature, maxTokens, seed …: what goes into every request. */
    decoding: jsonb('decoding').$type<Decoding>().notNull(),
    imageDetail: text('image_detail'),
    repeats: smallint('repeats').notNull().default(1),
    bothOrders: boolean('both_orders').notNull().default(false),
    concurrency: smallint('concurrency').notNull(),
    requestsPerMinute: doublePrecision('requests_per_minute'),
    tokensPerMinute: doublePrecision('tokens_per_minute'),
    timeoutMs: integer('timeout_ms').notNull(),
    /** Its cap, perhaps shared with other runs; null is none. */
    budgetId: integer('budget_id').references(() => budgets.id),
    /** What of the budget's counted sums is this run's. */
    countedCost: doublePrecision('counted_cost').notNull().default(0),
    countedTokens: doublePrecision('counted_tokens').notNull().default(0),
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
    check('runs_mass_threshold', sql`${table.massThreshold} between 0 and 1`),
    check('runs_control', sql`${table.control} in ('random-answers', 'shuffled-images')`),
    check(
      'runs_shown_instead',
      sql`(${table.shownInstead} is not null) = coalesce(${table.control} = 'shuffled-images', false)`
    ),
    index('runs_state').on(table.state),
    index('runs_budget').on(table.budgetId)
  ]
);

export interface Decoding {
  temperature: number | null;
  topP?: number | null;
  maxTokens: number | null;
  seed?: number | null;
  reasoningEffort?: string | null;
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
    receivedAt: instant('received_at').notNull().defaultNow(),
    /** The pictures as sent, in order, by the SHA-256 of their bytes; null before these were kept. */
    imageSha256: text('image_sha256').array(),
    /** Names the question: model, parameters, text, pictures, repeat (domain/question). */
    fingerprint: text('fingerprint'),
    /** The completion that this one repeats, where the question had been answered before: nothing was asked or paid. */
    replayedFrom: bigint('replayed_from', { mode: 'number' }).references((): AnyPgColumn => completions.id)
  },
  (table) => [
    unique('completions_attempt').on(table.presentationId, table.attempt),
    index('completions_fingerprint')
      .on(table.fingerprint)
      .where(sql`${table.fingerprint} is not null and ${table.replayedFrom} is null`)
  ]
);

/** One time that a run's stored completions were parsed again, and what that changed. */
export const reparses = pgTable(
  'reparses',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    sessionId: integer('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    parserVersion: smallint('parser_version').notNull(),
    checked: integer('checked').notNull(),
    changed: integer('changed').notNull(),
    at: instant('at').notNull().defaultNow()
  },
  (table) => [index('reparses_session').on(table.sessionId)]
);

/** A response as it was before a reparse, and as it became. */
export const responseChanges = pgTable(
  'response_changes',
  {
    reparseId: integer('reparse_id')
      .notNull()
      .references(() => reparses.id, { onDelete: 'cascade' }),
    presentationId: bigint('presentation_id', { mode: 'number' })
      .notNull()
      .references(() => presentations.id, { onDelete: 'cascade' }),
    before: jsonb('before').$type<unknown>().notNull(),
    after: jsonb('after').$type<unknown>().notNull()
  },
  (table) => [primaryKey({ columns: [table.reparseId, table.presentationId] })]
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
