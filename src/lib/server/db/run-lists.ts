import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import type { RunState } from './runs.ts';

/** A run as lists show it. */
export interface ListedRun {
  id: number;
  study: string;
  version: number;
  protocol: string;
  scenario: string;
  dataset: string;
  observer: string;
  kind: string;
  strategy: string;
  model: string;
  baseUrl: string;
  readout: string;
  state: RunState;
  stateReason: string | null;
  startedAt: Date;
  presentations: number;
  answered: number;
  ok: number;
  /** US dollars; null where no price is known. */
  cost: number | null;
}

/** The runs of one study, or of all, oldest first. */
export async function list(db: Db, studyId: number | null): Promise<ListedRun[]> {
  const rows = await rowsOf<
    Omit<ListedRun, 'startedAt' | 'presentations' | 'answered' | 'ok'> & {
      startedAt: string;
      presentations: string;
      answered: string;
      ok: string;
    }
  >(
    db,
    sql`select s.id, t.name as study, t.version, t.design->>'protocol' as protocol, t.design->>'scenario' as scenario,
      d.name as dataset, o.name as observer, o.kind, s.strategy, r.model, r.base_url as "baseUrl", r.readout,
      r.state, r.state_reason as "stateReason", s.started_at as "startedAt",
      n.presentations, n.answered, n.ok,
      case when r.price_in is null and r.price_out is null then null else coalesce(n.cost, 0) end as cost
      from runs r join sessions s on s.id = r.session_id
      join observers o on o.id = s.observer_id
      join studies t on t.id = s.study_id join datasets d on d.id = t.dataset_id
      cross join lateral (
        select count(p.id) as presentations, count(a.presentation_id) as answered,
          count(*) filter (where a.outcome = 'ok') as ok, sum(c.cost) as cost
        from presentations p
        left join responses a on a.presentation_id = p.id
        left join completions c on c.id = a.completion_id
        where p.session_id = s.id) n
      ${studyId === null ? sql`` : sql`where s.study_id = ${studyId}`}
      order by s.id`
  );
  return rows.map((row) => ({
    ...row,
    startedAt: new Date(row.startedAt),
    presentations: Number(row.presentations),
    answered: Number(row.answered),
    ok: Number(row.ok)
  }));
}

export interface PersonsAnswer {
  trialId: number;
  kind: string;
  order: number[];
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
}

/** What people answered to some trials of a study, training and withdrawn sittings left out. */
export async function peoplesAnswers(
  db: Db,
  studyId: number,
  trialIds: readonly number[]
): Promise<PersonsAnswer[]> {
  if (trialIds.length === 0) return [];
  return rowsOf<PersonsAnswer>(
    db,
    sql`select p.trial_id as "trialId", o.kind, p."order", r.score, r.choice, r.ranking
      from presentations p join responses r on r.presentation_id = p.id
      join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id
      where p.study_id = ${studyId} and p.trial_id in ${[...trialIds]} and s.door = 'page'
        and s.state <> 'withdrawn' and r.outcome = 'ok'`
  );
}
