import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  customType,
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
  unique
} from 'drizzle-orm/pg-core';
import { datasets, stimuli } from './stimuli.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/**
 * A metric over one dataset, in one version: a change of its code, its model or its file is another version, and another
 * row. The version of a name that was asked for last is what pages and selection read.
 */
export const metrics = pgTable(
  'metrics',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    datasetId: integer('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    version: text('version').notNull(),
    origin: text('origin').notNull(),
    /** 1: higher values mean better quality; −1: lower. */
    direction: smallint('direction').notNull(),
    /** Where the values come from: a file's name and hash, a model's identity. */
    provenance: jsonb('provenance').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** False while the values of an imported table come in; such a metric is not read. */
    complete: boolean('complete').notNull().default(true),
    /** When this version was last asked for. */
    askedAt: instant('asked_at').notNull().defaultNow()
  },
  (table) => [
    unique('metrics_version').on(table.datasetId, table.name, table.version),
    unique('metrics_in_dataset').on(table.datasetId, table.id),
    check('metrics_origin', sql`${table.origin} in ('built-in', 'onnx', 'imported')`),
    check('metrics_direction', sql`${table.direction} in (1, -1)`)
  ]
);

/** What a metric says of one stimulus: a value, or why there is none. */
export const metricValues = pgTable(
  'metric_values',
  {
    metricId: integer('metric_id').notNull(),
    datasetId: integer('dataset_id').notNull(),
    stimulusId: integer('stimulus_id').notNull(),
    value: doublePrecision('value'),
    /** A word of domain/metric-outcome; null beside a value. */
    failure: text('failure'),
    /** The same as a sentence, where there is more to say. */
    reason: text('reason')
  },
  (table) => [
    primaryKey({ columns: [table.metricId, table.stimulusId] }),
    index('metric_values_stimulus').on(table.datasetId, table.stimulusId),
    foreignKey({
      name: 'metric_values_metric',
      columns: [table.datasetId, table.metricId],
      foreignColumns: [metrics.datasetId, metrics.id]
    }).onDelete('cascade'),
    foreignKey({
      name: 'metric_values_in_dataset',
      columns: [table.datasetId, table.stimulusId],
      foreignColumns: [stimuli.datasetId, stimuli.id]
    }).onDelete('cascade'),
    check('metric_values_outcome', sql`num_nulls(${table.value}, ${table.failure}) = 1`),
    check(
      'metric_values_finite',
      sql`${table.value} not in ('NaN'::float8, 'Infinity'::float8, '-Infinity'::float8)`
    )
  ]
);

/** Feature vectors of a dataset's stimuli, all of one length. */
export const featureSets = pgTable(
  'feature_sets',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    datasetId: integer('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Tells one set of this name from its successor: a hash of what it was made from. */
    version: text('version').notNull(),
    dimension: integer('dimension').notNull(),
    origin: text('origin').notNull(),
    /** False while vectors come in; such a set is not read. */
    complete: boolean('complete').notNull().default(false),
    provenance: jsonb('provenance').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: instant('created_at').notNull().defaultNow(),
    askedAt: instant('asked_at').notNull().defaultNow()
  },
  (table) => [
    unique('feature_sets_version').on(table.datasetId, table.name, table.version),
    unique('feature_sets_in_dataset').on(table.datasetId, table.id),
    check('feature_sets_origin', sql`${table.origin} in ('built-in', 'onnx', 'imported')`),
    check('feature_sets_dimension', sql`${table.dimension} between 0 and 65536`)
  ]
);

/** One stimulus's vector: dimension × 32-bit floats, least significant byte first. */
export const featureVectors = pgTable(
  'feature_vectors',
  {
    featureSetId: integer('feature_set_id').notNull(),
    datasetId: integer('dataset_id').notNull(),
    stimulusId: integer('stimulus_id').notNull(),
    vector: bytes('vector'),
    failure: text('failure'),
    reason: text('reason')
  },
  (table) => [
    primaryKey({ columns: [table.featureSetId, table.stimulusId] }),
    index('feature_vectors_stimulus').on(table.datasetId, table.stimulusId),
    foreignKey({
      name: 'feature_vectors_set',
      columns: [table.datasetId, table.featureSetId],
      foreignColumns: [featureSets.datasetId, featureSets.id]
    }).onDelete('cascade'),
    foreignKey({
      name: 'feature_vectors_in_dataset',
      columns: [table.datasetId, table.stimulusId],
      foreignColumns: [stimuli.datasetId, stimuli.id]
    }).onDelete('cascade'),
    check('feature_vectors_outcome', sql`num_nulls(${table.vector}, ${table.failure}) = 1`)
  ]
);

/** What NIQE measures against: fitted from pictures that somebody named. */
export const pristineModels = pgTable('pristine_models', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull().unique(),
  /** Mean and covariance (metrics/niqe). */
  model: jsonb('model').$type<unknown>().notNull(),
  /** Of the model's numbers: part of the version of every NIQE value. */
  sha256: text('sha256').notNull(),
  /** The pictures' hashes, the block's side, the metric's version. */
  provenance: jsonb('provenance').$type<Record<string, unknown>>().notNull(),
  createdAt: instant('created_at').notNull().defaultNow()
});

/** A network that somebody brought, with its description. The file lies in storage. */
export const learnedModels = pgTable('learned_models', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull().unique(),
  sha256: text('sha256').notNull(),
  byteLength: integer('byte_length').notNull(),
  description: jsonb('description').$type<unknown>().notNull(),
  createdAt: instant('created_at').notNull().defaultNow()
});

/** Work on a whole dataset in the background, one row a request, with how far it is. */
export const measurements = pgTable(
  'measurements',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    datasetId: integer('dataset_id')
      .notNull()
      .references(() => datasets.id, { onDelete: 'cascade' }),
    /** What was asked for (services/metrics/request). */
    request: jsonb('request').$type<unknown>().notNull(),
    state: text('state').notNull().default('queued'),
    problem: text('problem'),
    stopAsked: boolean('stop_asked').notNull().default(false),
    total: integer('total').notNull().default(0),
    done: integer('done').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    /** Of `done`, what this stretch of work found there already. */
    found: integer('found').notNull().default(0),
    owner: text('owner'),
    startedAt: instant('started_at'),
    heardAt: instant('heard_at'),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [
    index('measurements_dataset').on(table.datasetId),
    check('measurements_state', sql`${table.state} in ('queued', 'running', 'done', 'stopped', 'failed')`)
  ]
);
