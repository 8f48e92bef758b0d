import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex
} from 'drizzle-orm/pg-core';
import type { BlockRestart } from '#lib/domain/sitting-plan.ts';
import type { Ending } from '#lib/domain/recruitment.ts';
import { invitations, studies, trials } from './studies.ts';
import { voteImports } from './votes.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const observers = pgTable(
  'observers',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [
    unique('observers_name').on(table.name),
    check('observers_kind', sql`${table.kind} in ('rater', 'model', 'synthetic')`)
  ]
);

/** One observer's pass over a study: a person's sitting, or one model under one strategy (a run). */
export const sessions = pgTable(
  'sessions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id),
    observerId: integer('observer_id')
      .notNull()
      .references(() => observers.id),
    invitationId: integer('invitation_id').references(() => invitations.id),
    /**
     * Which door: people answer pages, models answer requests, a synthetic observer either; `import` is none of this lab's:
     * votes that were collected elsewhere.
     */
    door: text('door').notNull(),
    /** 0-based number among the study's sessions through the same door; sides are counterbalanced over it. */
    ordinal: integer('ordinal').notNull(),
    seed: text('seed').notNull(),
    /** SHA-256 of the sitting's cookie; null for a run. */
    tokenHash: text('token_hash'),
    strategy: text('strategy'),
    state: text('state').notNull().default('active'),
    consent: jsonb('consent').$type<{ version: string; at: string; language?: string } | null>(),
    /** What the browser said of itself: screen, DPR, time zone. */
    device: jsonb('device'),
    /** How the person's service names them: `prolific:5f…`. One sitting a person and study. */
    participant: text('participant'),
    /** The service's other names: its study and submission. */
    recruited: jsonb('recruited').$type<{ study: string | null; submission: string | null } | null>(),
    /** How it ended for the person, once it has; `state` says whether it goes on. */
    ending: text('ending').$type<Ending | 'returned' | 'timed-out' | null>(),
    /** What the person answered to questions and did in checks, by step; each once. */
    evidence: jsonb('evidence').$type<Record<string, { at: string; value: unknown }>>(),
    /** Blocks that began again because their rater had been away, in order; null where none did. */
    restarts: jsonb('restarts').$type<BlockRestart[]>(),
    startedAt: instant('started_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    completedAt: instant('completed_at'),
    /** Votes collected elsewhere: the file that they came in, and what it calls the observer. */
    imported: jsonb('imported').$type<{ file: string; sha256: string; observer: string } | null>(),
    voteImportId: integer('vote_import_id').references(() => voteImports.id),
    /** When a participant's data was deleted; the row stays to say that they sat and that it was. */
    withdrawnAt: instant('withdrawn_at')
  },
  (table) => [
    unique('sessions_in_study').on(table.studyId, table.id),
    unique('sessions_ordinal').on(table.studyId, table.door, table.ordinal),
    uniqueIndex('sessions_token').on(table.tokenHash),
    // Whoever was away for too long may begin anew: of a person's sittings one goes on.
    uniqueIndex('sessions_participant')
      .on(table.studyId, table.participant)
      .where(sql`${table.ending} is distinct from 'timed-out'`),
    index('sessions_invitation').on(table.invitationId),
    index('sessions_observer').on(table.observerId),
    index('sessions_vote_import').on(table.voteImportId),
    check('sessions_door', sql`${table.door} in ('page', 'model', 'import')`),
    check('sessions_state', sql`${table.state} in ('active', 'completed', 'ended', 'withdrawn')`),
    check(
      'sessions_ending',
      sql`${table.ending} in ('done', 'screened-out', 'failed-attention', 'no-consent', 'returned', 'timed-out')`
    ),
    check('sessions_strategy', sql`${table.strategy} in ('standard', 'chain-of-thought', 'in-context')`)
  ]
);

/** One trial in one session, at a position, with its own order of the stimuli. */
export const presentations = pgTable(
  'presentations',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sessionId: integer('session_id').notNull(),
    studyId: integer('study_id').notNull(),
    trialId: integer('trial_id').notNull(),
    /** 0-based. */
    position: integer('position').notNull(),
    /** Which pass over the trial this is (a model's repeats, swapped orders, a hidden repeat). */
    pass: smallint('pass').notNull().default(0),
    /** Trial slots in the order shown. */
    order: smallint('order').array().notNull()
  },
  (table) => [
    unique('presentations_position').on(table.sessionId, table.position),
    unique('presentations_once').on(table.sessionId, table.trialId, table.pass),
    index('presentations_trial').on(table.trialId),
    // Trial and session belong to the same study.
    foreignKey({
      name: 'presentations_session',
      columns: [table.studyId, table.sessionId],
      foreignColumns: [sessions.studyId, sessions.id]
    }).onDelete('cascade'),
    foreignKey({
      name: 'presentations_trial_fk',
      columns: [table.studyId, table.trialId],
      foreignColumns: [trials.studyId, trials.id]
    })
  ]
);

/** What came back. The primary key is the promise: one response a presentation, whoever sends how often. */
export const responses = pgTable(
  'responses',
  {
    presentationId: bigint('presentation_id', { mode: 'number' })
      .primaryKey()
      .references(() => presentations.id, { onDelete: 'cascade' }),
    outcome: text('outcome').notNull(),
    /** 0 to 100. */
    score: doublePrecision('score'),
    /** The score as given, on the study's own scale; of a graded pair the grade beside its choice, as shown. */
    rawScore: doublePrecision('raw_score'),
    /** As shown. */
    choice: text('choice'),
    /** Rank per position shown, best highest, dense from 0. */
    ranking: smallint('ranking').array(),
    /** From onset to answer, by the observer's clock; for a model the request's latency. */
    responseTimeMs: doublePrecision('response_time_ms'),
    presentedAt: instant('presented_at'),
    answeredAt: instant('answered_at').notNull().defaultNow(),
    /** Device pixel ratio, fit, focus losses … of this presentation; what the model was unsure of. */
    facts: jsonb('facts'),
    completionId: bigint('completion_id', { mode: 'number' }),
    parserVersion: smallint('parser_version'),
    /** Why an outcome that is not ok is what it is. */
    reason: text('reason')
  },
  (table) => [
    check(
      'responses_outcome',
      sql`${table.outcome} in ('ok', 'refused', 'unparseable', 'out-of-range', 'truncated', 'content-filtered', 'timeout', 'provider-error')`
    ),
    check(
      'responses_answer',
      sql`num_nonnulls(${table.score}, ${table.choice}, ${table.ranking}) = case when ${table.outcome} = 'ok' then 1 else 0 end`
    ),
    check('responses_score', sql`${table.score} between 0 and 100`),
    check('responses_choice', sql`${table.choice} in ('first', 'second', 'same')`)
  ]
);

/** Answers to a block that began again: kept as they were, and in no analysis. They go with their presentation. */
export const supersededResponses = pgTable(
  'superseded_responses',
  {
    presentationId: bigint('presentation_id', { mode: 'number' })
      .notNull()
      .references(() => presentations.id, { onDelete: 'cascade' }),
    /** By which of the sitting's restarts, from 1. */
    restart: smallint('restart').notNull(),
    /** The row of `responses` as it was, or the answer as it arrived after the restart. */
    response: jsonb('response').notNull(),
    supersededAt: instant('superseded_at').notNull().defaultNow()
  },
  (table) => [primaryKey({ columns: [table.presentationId, table.restart] })]
);
