import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

export interface RunUnderWay {
  sessionId: number;
  study: string;
  version: number;
  observer: string;
  state: string;
  reason: string | null;
  done: number;
  total: number;
}

/** Runs that are at work, wait, or want somebody: the newest first. */
export async function runsUnderWay(db: Db): Promise<RunUnderWay[]> {
  const rows = await rowsOf<RunUnderWay & { done: string; total: string }>(
    db,
    sql`select s.id as "sessionId", t.name as study, t.version, o.name as observer, u.state, u.state_reason as reason,
      (select count(*) from presentations p where p.session_id = s.id) as total,
      (select count(*) from presentations p join responses r on r.presentation_id = p.id
        where p.session_id = s.id) as done
      from runs u join sessions s on s.id = u.session_id
      join observers o on o.id = s.observer_id join studies t on t.id = s.study_id
      where u.state in ('queued', 'running', 'paused', 'capped', 'failed')
      order by s.id desc limit 20`
  );
  return rows.map((row) => ({ ...row, done: Number(row.done), total: Number(row.total) }));
}

export interface StudySittings {
  study: string;
  version: number;
  begun: number;
  finished: number;
  /** Seen within the last minutes. */
  active: number;
  simulated: number;
}

/** Studies that people have sat since a moment, the busiest first. */
export async function sittingsSince(db: Db, since: Date, activeSince: Date): Promise<StudySittings[]> {
  const rows = await rowsOf<Record<keyof StudySittings, string>>(
    db,
    sql`select t.name as study, t.version, count(*) as begun,
      count(*) filter (where s.state = 'completed') as finished,
      count(*) filter (where s.state = 'active' and s.last_seen_at >= ${activeSince.toISOString()}::timestamptz) as active,
      count(*) filter (where o.kind = 'synthetic') as simulated
      from sessions s join observers o on o.id = s.observer_id join studies t on t.id = s.study_id
      where s.door = 'page' and s.last_seen_at >= ${since.toISOString()}::timestamptz
      group by t.id order by begun desc, t.id desc limit 20`
  );
  return rows.map((row) => ({
    study: row.study,
    version: Number(row.version),
    begun: Number(row.begun),
    finished: Number(row.finished),
    active: Number(row.active),
    simulated: Number(row.simulated)
  }));
}
