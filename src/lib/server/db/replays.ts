import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

/** The first completion of a question that was really asked, and whether a simulation answered; null: never asked. */
export async function answered(
  db: Db,
  fingerprint: string
): Promise<{ completionId: number; simulated: boolean } | null> {
  const [row] = await rowsOf<{ id: number; kind: string }>(
    db,
    sql`select c.id::float8 as id, o.kind from completions c
      join presentations p on p.id = c.presentation_id join sessions s on s.id = p.session_id
      join observers o on o.id = s.observer_id
      where c.fingerprint = ${fingerprint} and c.replayed_from is null
      order by c.id limit 1`
  );
  return row ? { completionId: row.id, simulated: row.kind === 'synthetic' } : null;
}

/** How many of a run's completions repeat earlier ones. */
export async function countIn(db: Db, sessionId: number): Promise<number> {
  const [row] = await rowsOf<{ n: string }>(
    db,
    sql`select count(c.replayed_from) as n from completions c
      join presentations p on p.id = c.presentation_id where p.session_id = ${sessionId}`
  );
  return Number(row?.n ?? 0);
}

/** The observer of a run is a simulation. */
export async function markSimulated(db: Db, sessionId: number): Promise<void> {
  await db.execute(
    sql`update observers set kind = 'synthetic'
      where kind = 'model' and id = (select observer_id from sessions where id = ${sessionId})`
  );
}
