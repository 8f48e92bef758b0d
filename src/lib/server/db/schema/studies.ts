import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique
} from 'drizzle-orm/pg-core';
import type { Recruitment } from '#lib/domain/recruitment.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import { datasets, stimuli, subsets } from './stimuli.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const studies = pgTable(
  'studies',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    version: integer('version').notNull().default(1),
    datasetId: integer('dataset_id')
      .notNull()
      .references(() => datasets.id),
    subsetId: integer('subset_id'),
    protocol: text('protocol').notNull(),
    scenario: text('scenario').notNull(),
    seed: bigint('seed', { mode: 'number' }).notNull(),
    /** Everything an observer meets; frozen with the trials and named by the design hash. */
    design: jsonb('design').$type<StudyDesign>().notNull(),
    planReport: jsonb('plan_report').notNull(),
    designHash: text('design_hash').notNull(),
    /** Set by the first session. From then on design and trials cannot change (triggers see to it). */
    lockedAt: instant('locked_at'),
    /** Open studies take observers; closed ones do not. */
    state: text('state').notNull().default('open'),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [
    unique('studies_name').on(table.name, table.version),
    unique('studies_in_dataset').on(table.id, table.datasetId),
    foreignKey({
      name: 'studies_subset',
      columns: [table.datasetId, table.subsetId],
      foreignColumns: [subsets.datasetId, subsets.id]
    }),
    check(
      'studies_protocol',
      sql`${table.protocol} in ('single-stimulus', 'double-stimulus', 'multiple-stimulus')`
    ),
    check('studies_scenario', sql`${table.scenario} in ('full-reference', 'no-reference')`),
    check('studies_state', sql`${table.state} in ('open', 'closed')`),
    check('studies_hash', sql`${table.designHash} ~ '^[0-9a-f]{64}$'`)
  ]
);

export const trials = pgTable(
  'trials',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id').notNull(),
    datasetId: integer('dataset_id').notNull(),
    /** 0-based place in the plan. */
    index: integer('index').notNull(),
    role: text('role').notNull(),
    referenceId: integer('reference_id'),
    /** What a gold or trap trial expects, in trial-slot order. */
    expected: jsonb('expected')
  },
  (table) => [
    unique('trials_index').on(table.studyId, table.index),
    unique('trials_in_study').on(table.studyId, table.id),
    unique('trials_in_dataset').on(table.id, table.datasetId),
    foreignKey({
      name: 'trials_study',
      columns: [table.studyId, table.datasetId],
      foreignColumns: [studies.id, studies.datasetId]
    }).onDelete('cascade'),
    foreignKey({
      name: 'trials_reference',
      columns: [table.datasetId, table.referenceId],
      foreignColumns: [stimuli.datasetId, stimuli.id]
    }),
    check('trials_role', sql`${table.role} in ('training', 'test', 'gold', 'trap', 'repeat')`)
  ]
);

export const trialStimuli = pgTable(
  'trial_stimuli',
  {
    trialId: integer('trial_id').notNull(),
    datasetId: integer('dataset_id').notNull(),
    slot: smallint('slot').notNull(),
    stimulusId: integer('stimulus_id').notNull()
  },
  (table) => [
    primaryKey({ columns: [table.trialId, table.slot] }),
    unique('trial_stimuli_once').on(table.trialId, table.stimulusId),
    foreignKey({
      name: 'trial_stimuli_trial',
      columns: [table.trialId, table.datasetId],
      foreignColumns: [trials.id, trials.datasetId]
    }).onDelete('cascade'),
    foreignKey({
      name: 'trial_stimuli_stimulus',
      columns: [table.datasetId, table.stimulusId],
      foreignColumns: [stimuli.datasetId, stimuli.id]
    }),
    index('trial_stimuli_stimulus').on(table.stimulusId)
  ]
);

/** A link that lets people in. Personal: one sitting, from any browser. Open: a sitting for each browser. */
export const invitations = pgTable(
  'invitations',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    studyId: integer('study_id')
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    token: text('token').notNull(),
    kind: text('kind').notNull(),
    label: text('label'),
    /** Whoever comes through this link is a simulation. */
    simulated: boolean('simulated').notNull().default(false),
    /** Where its people come from, and the codes that they take back; null for a plain link without codes. */
    recruitment: jsonb('recruitment').$type<Recruitment | null>(),
    /** An open link: how many may sit; null for any number. */
    quota: integer('quota'),
    createdAt: instant('created_at').notNull().defaultNow(),
    revokedAt: instant('revoked_at')
  },
  (table) => [
    unique('invitations_token').on(table.token),
    index('invitations_study').on(table.studyId),
    check('invitations_quota', sql`${table.quota} > 0`),
    check('invitations_kind', sql`${table.kind} in ('personal', 'open')`)
  ]
);
