import { sql } from 'drizzle-orm';
import type { Control } from '#lib/domain/controls/control.ts';
import type { RunSettings } from '#lib/domain/results/study-results.ts';
import type { JudgedPresentation } from '#lib/domain/results/observer-values.ts';
import { rowsOf, type Db } from './client.ts';

const ANSWERS_A_SLICE = 2000;

export interface ResultSession {
  sessionId: number;
  observer: string;
  kind: string;
  door: string;
  strategy: string | null;
  state: string;
  /** What a run is a control for; null for all that is meant. */
  control: Control | null;
  /** How a model was asked; null for people. */
  settings: RunSettings | null;
  /** Present where the votes were collected elsewhere; such a session counts among people or models by what it is. */
  imported?: true;
  presentations: number;
  outcomes: Record<string, number>;
}

/** The sessions of a study that are not withdrawn, with their outcomes over test trials counted. */
export async function sessionsOf(db: Db, studyId: number): Promise<ResultSession[]> {
  const rows = await rowsOf<{
    sessionId: number;
    observer: string;
    kind: string;
    door: string;
    strategy: string | null;
    state: string;
    control: Control | null;
    settings: RunSettings | null;
    imported: boolean;
    outcome: string | null;
    n: string;
  }>(
    db,
    sql`select s.id as "sessionId", o.name as observer, o.kind, s.strategy, s.state, m.control,
      case when s.door <> 'import' then s.door when o.kind = 'model' then 'model' else 'page' end as door,
      s.door = 'import' as imported, case when m.session_id is not null then jsonb_build_object('model', m.model, 'readout', m.readout,
        'temperature', m.decoding->'temperature', 'repeats', m.repeats, 'bothOrders', m.both_orders) end as settings,
      r.outcome, count(p.id) as n
      from sessions s join observers o on o.id = s.observer_id left join runs m on m.session_id = s.id
      left join (presentations p join trials t on t.id = p.trial_id and t.role = 'test') on p.session_id = s.id
      left join responses r on r.presentation_id = p.id
      where s.study_id = ${studyId} and s.state <> 'withdrawn'
      group by s.id, o.id, m.session_id, r.outcome order by s.id`
  );
  const sessions = new Map<number, ResultSession>();
  for (const { outcome, n, imported, ...row } of rows) {
    let session = sessions.get(row.sessionId);
    if (!session) {
      session = { ...row, ...(imported ? { imported } : {}), presentations: 0, outcomes: {} };
      sessions.set(row.sessionId, session);
    }
    session.presentations += Number(n);
    if (outcome !== null) session.outcomes[outcome] = Number(n);
  }
  return [...sessions.values()];
}

/**
 * Every usable answer to a study's test trials, from people and models alike: the one query that feeds scaling.
 * In slices by presentation (of both tables: a merge would read the responses from the first each time), so that neither the driver holds a large study at once nor reading one holds up a rater.
 */
export async function eachAnswer(
  db: Db,
  studyId: number,
  take: (answer: JudgedPresentation) => void
): Promise<void> {
  let after = 0;
  for (;;) {
    const rows = await rowsOf<JudgedPresentation & { id: number; stated: unknown }>(
      db,
      sql`select p.id::float8 as id, p.session_id as "sessionId", p.trial_id as "trialId", p.pass, p."order",
        r.score, r.choice, r.ranking, (extract(epoch from r.answered_at) * 1000)::float8 as at,
        case when s.door = 'model' and r.choice is not null then r.facts->'probabilities' end as stated
        from presentations p join responses r on r.presentation_id = p.id
        join trials t on t.id = p.trial_id join sessions s on s.id = p.session_id
        where p.study_id = ${studyId} and p.id > ${after} and r.presentation_id > ${after} and r.outcome = 'ok' and t.role = 'test'
          and s.state <> 'withdrawn'
        order by p.id limit ${ANSWERS_A_SLICE}`
    );
    for (const { id: _id, stated, ...row } of rows) {
      const probabilities = statedProbabilities(stated);
      take(probabilities === null ? row : { ...row, probabilities });
    }
    const last = rows.at(-1);
    if (!last || rows.length < ANSWERS_A_SLICE) return;
    after = last.id;
  }
}

/** What a log-probability readout kept of a pair: by the prompt's codes, 1 first, 0 second, 2 the same. */
function statedProbabilities(stated: unknown): JudgedPresentation['probabilities'] | null {
  if (typeof stated !== 'object' || stated === null) return null;
  const { 1: first, 0: second, 2: same = 0 } = stated as Record<number, unknown>;
  if (typeof first !== 'number' || typeof second !== 'number' || typeof same !== 'number') return null;
  return { first, second, same };
}

/**
 * What an analysis of a study was made from: it is out of date once this has changed, and is not as long as it has not. A
 * sitting that is completed has answered everything, and answers stand: of those nothing has to be counted again.
 */
export async function stateOf(db: Db, studyId: number): Promise<string> {
  const [row] = await rowsOf<{ state: string }>(
    db,
    sql`select concat_ws('/',
      (select md5(string_agg(concat_ws(' ', s.id, o.name, o.kind, s.state, s.ending, md5(s.evidence::text)), ',' order by s.id))
        from sessions s join observers o on o.id = s.observer_id
        where s.study_id = ${studyId} and s.state <> 'withdrawn'),
      (select concat_ws(' ', count(*), sum(r.presentation_id)) from sessions s
        join presentations p on p.session_id = s.id join responses r on r.presentation_id = p.id
        where s.study_id = ${studyId} and s.state <> 'withdrawn' and (s.state <> 'completed' or s.door = 'model')),
      (select max(a.id) from reparses a join sessions b on b.id = a.session_id where b.study_id = ${studyId}),
      (select md5(string_agg(concat_ws(' ', x.id, x.mos, x.sigma, x.distortion, x.level), ',' order by x.id))
        from stimuli x where x.dataset_id = d.id),
      concat_ws(' ', d.mos_low, d.mos_high, d.mos_direction)) as state
      from studies t join datasets d on d.id = t.dataset_id where t.id = ${studyId}`
  );
  return row?.state ?? '';
}
