import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { studies } from './studies.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** What was decided about a study before anybody saw what its people had answered. Written once, never changed. */
export const preregistrations = pgTable(
  'preregistrations',
  {
    studyId: integer('study_id')
      .primaryKey()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** SHA-256 of `text`. */
    sha256: text('sha256').notNull(),
    /** Canonical JSON, kept as text: a database's JSON would not keep its bytes. */
    text: text('text').notNull(),
    registeredBy: text('registered_by').notNull(),
    registeredAt: instant('registered_at').notNull().defaultNow()
  },
  (table) => [check('preregistrations_hash', sql`${table.sha256} ~ '^[0-9a-f]{64}$'`)]
);

/** When somebody first saw anything made from what a study's people answered. */
export const unblindings = pgTable('unblindings', {
  studyId: integer('study_id')
    .primaryKey()
    .references(() => studies.id, { onDelete: 'cascade' }),
  at: instant('at').notNull().defaultNow(),
  /** Who asked; null where the lab was asked without a name. */
  by: text('by'),
  /** What was looked at: results, an export, a report. */
  what: text('what').notNull()
});
