import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp
} from 'drizzle-orm/pg-core';
import { presentations, sessions } from './sessions.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Requests of a run that an endpoint takes as one file and answers within a day (OpenAI's Batch API). */
export const batches = pgTable(
  'batches',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    sessionId: integer('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    /** Our own name for it, sent along: by it a batch is found again whose id this process did not live to store. */
    token: text('token').notNull().unique(),
    state: text('state').notNull().default('preparing'),
    /** What the endpoint calls the file and the batch, and the state that it last told. */
    inputFileId: text('input_file_id'),
    remoteId: text('remote_id'),
    remoteState: text('remote_state'),
    requests: integer('requests').notNull(),
    /** Whether the answer's schema was sent along. */
    enforced: boolean('enforced').notNull(),
    /** What is reserved of the cap until it is collected: US dollars and tokens. */
    heldCost: doublePrecision('held_cost').notNull().default(0),
    heldTokens: doublePrecision('held_tokens').notNull().default(0),
    problem: text('problem'),
    createdAt: instant('created_at').notNull().defaultNow(),
    submittedAt: instant('submitted_at'),
    collectedAt: instant('collected_at')
  },
  (table) => [
    index('batches_session').on(table.sessionId),
    check('batches_state', sql`${table.state} in ('preparing', 'submitted', 'collected', 'failed')`)
  ]
);

/** Which presentations a batch asks about; its lines' custom ids name them. */
export const batchRequests = pgTable(
  'batch_requests',
  {
    batchId: integer('batch_id')
      .notNull()
      .references(() => batches.id, { onDelete: 'cascade' }),
    presentationId: bigint('presentation_id', { mode: 'number' }).notNull(),
    /** What the question is called (`fingerprint`), and its pictures' hashes, for the completion. */
    fingerprint: text('fingerprint').notNull(),
    imageSha256: text('image_sha256').array().notNull(),
    /** How its line came back: `answered`, `failed`, `expired`; null: not yet. */
    result: text('result')
  },
  (table) => [
    primaryKey({ columns: [table.batchId, table.presentationId] }),
    index('batch_requests_presentation').on(table.presentationId),
    foreignKey({
      name: 'batch_requests_presentation_fk',
      columns: [table.presentationId],
      foreignColumns: [presentations.id]
    }).onDelete('cascade'),
    check('batch_requests_result', sql`${table.result} in ('answered', 'failed', 'expired')`)
  ]
);
