import { integer, json, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import { studies } from './studies.ts';

/** The last agreement that was computed of each study: it takes minutes, and a lab starts anew. Can be computed again. */
export const analyses = pgTable('analyses', {
  studyId: integer('study_id')
    .primaryKey()
    .references(() => studies.id, { onDelete: 'cascade' }),
  /** The answers, rules and way of computing that it was made from; another key, and it is an older one. */
  key: text('key').notNull(),
  result: json('result').notNull().$type<StudyAgreement>(),
  computedAt: timestamp('computed_at', { withTimezone: true, mode: 'date' }).notNull().defaultNow()
});
