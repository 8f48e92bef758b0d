import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Researchers who may sign in. Raters are observers, not researchers, and never have a password. */
export const researchers = pgTable(
  'researchers',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** scrypt, salted, with its parameters; null until the person has set one. */
    passwordHash: text('password_hash'),
    createdAt: instant('created_at').notNull().defaultNow()
  },
  (table) => [uniqueIndex('researchers_email').on(sql`lower(${table.email})`)]
);

/** Signed-in browsers. Only the SHA-256 of the cookie's token is kept. */
export const signIns = pgTable(
  'sign_ins',
  {
    tokenHash: text('token_hash').primaryKey(),
    researcherId: integer('researcher_id')
      .notNull()
      .references(() => researchers.id, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull()
  },
  (table) => [index('sign_ins_researcher').on(table.researcherId)]
);

/** One-time links: to set the lab up, or to sign in (printed by the demo). Only the hash is kept. */
export const signInLinks = pgTable(
  'sign_in_links',
  {
    tokenHash: text('token_hash').primaryKey(),
    purpose: text('purpose').notNull(),
    researcherId: integer('researcher_id').references(() => researchers.id, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at')
  },
  (table) => [check('sign_in_links_purpose', sql`${table.purpose} in ('set-up', 'sign-in')`)]
);

/** Facts about this lab that are made once, such as the key that blinds stimulus addresses. */
export const labSettings = pgTable('lab_settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  secret: boolean('secret').notNull().default(false)
});
