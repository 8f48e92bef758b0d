import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core';
import { studies } from './studies.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Files of votes that were collected elsewhere, one row a file and study. */
export const voteImports = pgTable(
  'vote_imports',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** Of the file's bytes: the same file does not come in twice. */
    sha256: text('sha256').notNull(),
    fileName: text('file_name').notNull(),
    /** What its observers are: people, models, or a simulation. */
    kind: text('kind').notNull(),
    /** How the file was read: columns, range of the ratings, which rank is best. */
    options: jsonb('options').$type<Record<string, unknown>>().notNull(),
    state: text('state').notNull().default('storing'),
    observers: integer('observers').notNull(),
    votes: integer('votes').notNull(),
    /** Of `votes`, how many are in the database. */
    stored: integer('stored').notNull().default(0),
    /** Rows without a rating. */
    missing: integer('missing').notNull(),
    /** Rows about what the study does not judge, left out on demand. */
    passedOver: integer('passed_over').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** When whoever stores it was last heard of. */
    heardAt: instant('heard_at').notNull().defaultNow(),
    storedAt: instant('stored_at')
  },
  (table) => [
    unique('vote_imports_once').on(table.studyId, table.sha256),
    check('vote_imports_kind', sql`${table.kind} in ('rater', 'model', 'synthetic')`),
    check('vote_imports_state', sql`${table.state} in ('storing', 'stored', 'leaving')`),
    index('vote_imports_study').on(table.studyId)
  ]
);
