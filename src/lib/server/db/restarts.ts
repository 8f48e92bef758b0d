import { eq, sql } from 'drizzle-orm';
import { blockOf, type BlockRestart } from '#lib/domain/sitting-plan.ts';
import { rowsOf, type Db } from './client.ts';
import { sessions } from './schema/index.ts';
import type { Session } from './sessions.ts';

/**
 * Begins the block again in which an active sitting stands that was not seen for so long: its answers there are moved to
 * `superseded_responses`, so that its presentations are unanswered. A block without an answer has nothing to begin again.
 *
 * @returns the sitting as it is then; null where it was seen meanwhile, or has ended.
 */
export async function restartBlock(
  db: Db,
  sessionId: number,
  awayMs: number,
  { training, size }: { training: number; size: number }
): Promise<Session | null> {
  return db.transaction(async (tx) => {
    const [session] = await tx.select().from(sessions).where(eq(sessions.id, sessionId)).for('update');
    if (session?.state !== 'active' || Date.now() - session.lastSeenAt.getTime() <= awayMs) return null;
    const [pending] = await rowsOf<{ position: number | null }>(
      tx,
      sql`select min(p.position)::int as position from presentations p
        left join responses r on r.presentation_id = p.id
        where p.session_id = ${sessionId} and r.presentation_id is null`
    );
    const restarts: BlockRestart[] = session.restarts ?? [];
    if (pending?.position != null) {
      const { from, to } = blockOf(pending.position, training, size);
      const [moved] = await rowsOf<{ n: string }>(
        tx,
        sql`with gone as (
            delete from responses r using presentations p
            where p.id = r.presentation_id and p.session_id = ${sessionId}
              and p.position >= ${from} and p.position < ${to} returning r.*),
          kept as (
            insert into superseded_responses (presentation_id, restart, response)
            select presentation_id, ${restarts.length + 1}::smallint, to_jsonb(gone) from gone returning 1)
          select count(*) as n from kept`
      );
      const answers = Number(moved?.n ?? 0);
      if (answers > 0) restarts.push({ at: new Date().toISOString(), from, to, answers });
    }
    const [now] = await tx
      .update(sessions)
      .set({ lastSeenAt: new Date(), restarts: restarts.length === 0 ? null : restarts })
      .where(eq(sessions.id, sessionId))
      .returning();
    return now ?? null;
  });
}

/** Keeps an answer that was given before its block began again and arrives after; once. */
export async function keepSuperseded(
  db: Db,
  sessionId: number,
  position: number,
  restart: number,
  response: unknown
): Promise<void> {
  await db.execute(
    sql`insert into superseded_responses (presentation_id, restart, response)
      select id, ${restart}::smallint, ${JSON.stringify(response)}::text::jsonb from presentations
      where session_id = ${sessionId} and position = ${position} on conflict do nothing`
  );
}
