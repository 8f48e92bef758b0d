import { sql, type SQL } from 'drizzle-orm';
import { KNOWN_T, T_OF_N, type IntervalStep } from '#lib/domain/monitoring/interval-course.ts';
import { rowsOf, type Db } from './client.ts';

/** How far a study's people got: `sittings` of them answered from `from` up to below `from + 5` percent of their trials. */
export interface Reached {
  from: number;
  sittings: number;
  /** Of these, unfinished and not seen for so long that their places went back. */
  left: number;
}

/** Every twentieth of a sitting; 100 is whoever answered everything. */
export async function progressOf(db: Db, studyId: number, staleAfterMs: number): Promise<Reached[]> {
  return rowsOf(
    db,
    sql`select (floor(20.0 * answered / total) * 5)::int as "from", count(*)::int as sittings,
        count(*) filter (where gone)::int as left
      from (
        select s.state = 'active' and s.last_seen_at <= now() - ${staleAfterMs} * interval '1 millisecond' as gone,
          count(*) as total, count(r.presentation_id) as answered
        from sessions s join presentations p on p.session_id = s.id
        left join responses r on r.presentation_id = p.id
        where s.study_id = ${studyId} and s.door = 'page' and s.state <> 'withdrawn' group by s.id) each_sitting
      group by 1 order by 1`
  );
}

/** How many came and how many finished, over time: the end of each of at most 60 equal stretches since the first came. */
export interface Arrivals {
  at: string | Date;
  joined: number;
  finished: number;
}

export async function arrivals(db: Db, studyId: number): Promise<Arrivals[]> {
  return rowsOf(
    db,
    sql`with came as (
        select started_at, completed_at from sessions
        where study_id = ${studyId} and door = 'page' and state <> 'withdrawn'),
      span as (select min(started_at) as low, now() as high from came),
      ends as (select low + (high - low) * step / 60.0 as at from span, generate_series(0, 60) as step
        where low is not null)
      select ends.at, count(*) filter (where came.started_at <= ends.at)::int as joined,
        count(*) filter (where came.completed_at <= ends.at)::int as finished
      from ends cross join came group by ends.at order by ends.at`
  );
}

export type CoverageOf = 'stimuli' | 'trials';

/** One cell of the heat map: a thing, or so many neighbours that there are at most `MOST_CELLS` cells. */
export interface CoverageCell {
  /** Of the least and of the most covered thing in it. */
  least: number;
  most: number;
}

export interface CoverageMap {
  things: number;
  /** How many things stand in one cell. */
  together: number;
  cells: CoverageCell[];
}

export const MOST_CELLS = 2400;

/**
 * In how many of people's answers each thing of a study's test trials stands, in the order of the plan (trials), or of
 * references and import (stimuli).
 */
export async function coverageMap(db: Db, studyId: number, of: CoverageOf): Promise<CoverageMap> {
  const rows = await rowsOf<{ cell: number; least: number; most: number; things: number; together: number }>(
    db,
    sql`with counted as (${answersOf(studyId, of)}),
      placed as (select n, row_number() over (order by place, id) - 1 as at, count(*) over () as things from counted),
      cut as (select *, (things - 1) / ${MOST_CELLS} + 1 as together from placed)
      select (at / together)::int as cell, min(n)::int as least, max(n)::int as most, max(things)::int as things,
        max(together)::int as together
      from cut group by at / together order by 1`
  );
  return {
    things: rows[0]?.things ?? 0,
    together: rows[0]?.together ?? 1,
    cells: rows.map(({ least, most }) => ({ least, most }))
  };
}

export interface CoveredStimulus {
  name: string;
  sha256: string;
  answers: number;
}

/** The stimuli with the fewest answers. */
export async function leastCovered(db: Db, studyId: number, limit: number): Promise<CoveredStimulus[]> {
  return rowsOf(
    db,
    sql`select st.name, st.image_sha256 as sha256, counted.n::int as answers
      from (${answersOf(studyId, 'stimuli')}) counted join stimuli st on st.id = counted.id
      order by counted.n, st.name limit ${limit}`
  );
}

/** `id`, `place` and `n` of each thing. */
function answersOf(studyId: number, of: CoverageOf): SQL {
  const trials = sql`select t.id, t.index as place, count(r.presentation_id) as n from trials t
    left join (presentations p join sessions s on s.id = p.session_id and s.door = 'page'
      join responses r on r.presentation_id = p.id and r.outcome = 'ok') on p.trial_id = t.id
    where t.study_id = ${studyId} and t.role = 'test' group by t.id, t.index`;
  if (of === 'trials') return trials;
  return sql`select st.id, coalesce(st.reference_id, 0) as place, sum(answered.n) as n
    from (${trials}) answered join trial_stimuli ts on ts.trial_id = answered.id
    join stimuli st on st.id = ts.stimulus_id group by st.id`;
}

const STEPS = 24;

/**
 * How the intervals of a study's scores shrank as people answered, at `STEPS` equal steps of the answers in the order in
 * which they came: t(0.975, n − 1)·σ/√n of each stimulus, and over stimuli the median and the ninth decile. A stimulus
 * with fewer than two scores has an infinite interval and counts. `kind` says whose: raters, or synthetic observers.
 */
export async function intervalCourse(db: Db, studyId: number, kind: string): Promise<IntervalStep[]> {
  const rows = await rowsOf<{ at: string; answers: number; median: number; ninth: number }>(
    db,
    sql`with given as (
        select ts.stimulus_id as s, r.score as x, r.answered_at as at,
          ntile(${STEPS}) over (order by r.answered_at, r.presentation_id) as b
        from responses r join presentations p on p.id = r.presentation_id
        join sessions se on se.id = p.session_id join observers o on o.id = se.observer_id
        join trials t on t.id = p.trial_id and t.role = 'test'
        join trial_stimuli ts on ts.trial_id = t.id
        where p.study_id = ${studyId} and se.door = 'page' and o.kind = ${kind} and r.score is not null),
      cells as (select s, b, count(*) as n, sum(x) as x, sum(x * x) as xx from given group by s, b),
      ends as (select b, max(at) as at, sum(count(*)) over (order by b) as answers from given group by b),
      judged as (select distinct ts.stimulus_id as s from trials t join trial_stimuli ts on ts.trial_id = t.id
        where t.study_id = ${studyId} and t.role = 'test'),
      sofar as (
        select e.b, e.at, e.answers, sum(coalesce(c.n, 0)) over w as n, sum(coalesce(c.x, 0)) over w as x,
          sum(coalesce(c.xx, 0)) over w as xx
        from judged j cross join ends e left join cells c on c.s = j.s and c.b = e.b
        window w as (partition by j.s order by e.b)),
      halves as (
        select b, at, answers, case when n < 2 then 'Infinity'::float8
          else (${`{${T_OF_N.join(',')}}`}::float8[])[least(n, ${KNOWN_T})::int]
            * sqrt(greatest(0, (xx - x * x / n) / (n - 1)) / n) end as half
        from sofar)
      select at, answers::int as answers, percentile_disc(0.5) within group (order by half) as median,
        percentile_disc(0.9) within group (order by half) as ninth
      from halves group by b, at, answers order by b`
  );
  const finite = (value: number) => (Number.isFinite(Number(value)) ? Number(value) : null);
  return rows.map(({ at, answers, median, ninth }) => ({
    at,
    answers,
    median: finite(median),
    ninth: finite(ninth)
  }));
}

/** Whose answers a study's people are: raters where any has answered, else synthetic observers. */
export async function kindOfPeople(db: Db, studyId: number): Promise<'rater' | 'synthetic' | null> {
  const [row] = await rowsOf<{ rater: boolean; synthetic: boolean }>(
    db,
    sql`select coalesce(bool_or(o.kind = 'rater'), false) as rater,
        coalesce(bool_or(o.kind = 'synthetic'), false) as synthetic
      from sessions s join observers o on o.id = s.observer_id
      where s.study_id = ${studyId} and s.door = 'page' and s.state <> 'withdrawn' and exists (
        select 1 from presentations p join responses r on r.presentation_id = p.id where p.session_id = s.id)`
  );
  return row?.rater ? 'rater' : row?.synthetic ? 'synthetic' : null;
}
