import { sql } from 'drizzle-orm';
import {
  check,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  unique
} from 'drizzle-orm/pg-core';
import type { ModelDecoding } from '#lib/domain/registered-model.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Models that runs can be started with: where they are, how they are asked, what they cost, how fast they may be asked. */
export const models = pgTable(
  'models',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    /** What the lab calls it. */
    name: text('name').notNull(),
    baseUrl: text('base_url').notNull(),
    /** What the endpoint calls it. */
    model: text('model').notNull(),
    /** The name of the environment variable that holds the key. */
    apiKeyEnv: text('api_key_env'),
    /** The key, encrypted (AES-256-GCM) under a key that is not in this database. */
    sealedKey: text('sealed_key'),
    decoding: jsonb('decoding').$type<ModelDecoding>().notNull(),
    imageDetail: text('image_detail'),
    /** US dollars a million tokens. */
    priceIn: doublePrecision('price_in'),
    priceOut: doublePrecision('price_out'),
    batchPriceIn: doublePrecision('batch_price_in'),
    batchPriceOut: doublePrecision('batch_price_out'),
    requestsPerMinute: doublePrecision('requests_per_minute'),
    tokensPerMinute: doublePrecision('tokens_per_minute'),
    concurrency: smallint('concurrency').notNull(),
    timeoutMs: integer('timeout_ms').notNull(),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [
    unique('models_name').on(table.name),
    check('models_one_key', sql`num_nonnulls(${table.apiKeyEnv}, ${table.sealedKey}) <= 1`)
  ]
);
