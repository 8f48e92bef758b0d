import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core';
import { researchers } from './people.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** What lets programs in. Only the SHA-256 of a token is kept: 256 random bits need no salt and cannot be guessed. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    /** Who made it; null where a command on the lab's own machine did. */
    researcherId: integer('researcher_id').references(() => researchers.id, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** To the minute; null while it is unused. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at')
  },
  (table) => [
    unique('api_tokens_token_hash').on(table.tokenHash),
    check(
      'api_tokens_scopes',
      sql`cardinality(${table.scopes}) > 0 and ${table.scopes} <@ array['read', 'write', 'run', 'people']`
    )
  ]
);
