import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { responses } from './schema/index.ts';

export type NewResponse = typeof responses.$inferInsert;
export type ResponseRow = typeof responses.$inferSelect;

/** Inserts each once; false where a presentation has its response already. All or none, of as many presentations. */
export async function insert(db: Db, rows: readonly NewResponse[]): Promise<boolean[]> {
  const made = await db
    .insert(responses)
    .values([...rows])
    .onConflictDoNothing({ target: responses.presentationId })
    .returning({ id: responses.presentationId });
  const inserted = new Set(made.map(({ id }) => id));
  return rows.map(({ presentationId }) => inserted.has(presentationId));
}

export interface Recorded {
  inserted: boolean;
  answered: number;
  total: number;
}

/**
 * Finds the presentation at a position, inserts its response once, and counts where the session stands, in one statement:
 * one round trip an answer. The count is of the statement's own moment: an answer that another request commits meanwhile
 * is not in it.
 *
 * @returns null where the session has no such position.
 */
export async function recordAt(
  db: Db,
  sessionId: number,
  position: number,
  row: Omit<NewResponse, 'presentationId'>
): Promise<Recorded | null> {
  const ranking = row.ranking == null ? null : `{${row.ranking.join(',')}}`;
  const [found] = await rowsOf<{ known: boolean; inserted: string; answered: string; total: string }>(
    db,
    sql`with shown as (
        select id from presentations where session_id = ${sessionId} and position = ${position}),
      made as (
        insert into responses (presentation_id, outcome, score, raw_score, choice, ranking, response_time_ms,
          presented_at, facts)
        select id, ${row.outcome}::text, ${row.score ?? null}::float8, ${row.rawScore ?? null}::float8,
          ${row.choice ?? null}::text, ${ranking}::text::smallint[], ${row.responseTimeMs ?? null}::float8,
          ${row.presentedAt?.toISOString() ?? null}::text::timestamptz,
          ${row.facts == null ? null : JSON.stringify(row.facts)}::text::jsonb
        from shown on conflict (presentation_id) do nothing returning presentation_id)
      select exists (select 1 from shown) as known, (select count(*) from made) as inserted,
        count(*) as total, count(r.presentation_id) + (select count(*) from made) as answered
      from presentations p left join responses r on r.presentation_id = p.id where p.session_id = ${sessionId}`
  );
  if (!found?.known) return null;
  return {
    inserted: Number(found.inserted) === 1,
    answered: Number(found.answered),
    total: Number(found.total)
  };
}
