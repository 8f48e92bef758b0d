import { eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { budgets, runs } from './schema/index.ts';

export type Budget = typeof budgets.$inferSelect;

/** Money in US dollars and tokens, in and out together. */
export interface Amount {
  cost: number;
  tokens: number;
}

/** Sums of doubles differ in their last digits; a millionth of a cent is none. */
const ROUNDING = 1e-8;

export async function create(
  db: Db,
  cap: { maxCost: number | null; maxTokens: number | null }
): Promise<number> {
  const [made] = await db.insert(budgets).values(cap).returning({ id: budgets.id });
  return (made as { id: number }).id;
}

export async function byId(db: Db, id: number): Promise<Budget | null> {
  return (await db.select().from(budgets).where(eq(budgets.id, id)))[0] ?? null;
}

export async function change(
  db: Db,
  id: number,
  cap: { maxCost?: number | null; maxTokens?: number | null }
): Promise<void> {
  if (Object.keys(cap).length > 0) await db.update(budgets).set(cap).where(eq(budgets.id, id));
}

/**
 * Counts an amount for a run, in one step with the budget that it may share with others.
 *
 * @param whatever counts it even beyond the cap: it has been paid already.
 * @returns false, and nothing is counted, where the cap would be passed.
 */
export async function count(
  db: Db,
  id: number,
  sessionId: number,
  { cost, tokens }: Amount,
  whatever = false
): Promise<boolean> {
  const fits = sql`(max_cost is null or counted_cost + ${cost}::float8 <= max_cost + ${ROUNDING}::float8 or ${cost}::float8 <= 0)
    and (max_tokens is null or counted_tokens + ${tokens}::float8 <= max_tokens or ${tokens}::float8 <= 0)`;
  const rows = await rowsOf<{ id: number }>(
    db,
    sql`with counted as (
        update budgets set counted_cost = counted_cost + ${cost}::float8, counted_tokens = counted_tokens + ${tokens}::float8
        where id = ${id} ${whatever ? sql`` : sql`and ${fits}`} returning id)
      update runs set counted_cost = counted_cost + ${cost}::float8, counted_tokens = counted_tokens + ${tokens}::float8
      where session_id = ${sessionId} and exists (select 1 from counted) returning session_id as id`
  );
  return rows.length === 1;
}

/** How much of its budget a run has counted. */
export async function countedFor(db: Db, sessionId: number): Promise<Amount> {
  const [row] = await db
    .select({ cost: runs.countedCost, tokens: runs.countedTokens })
    .from(runs)
    .where(eq(runs.sessionId, sessionId));
  return row ?? { cost: 0, tokens: 0 };
}
