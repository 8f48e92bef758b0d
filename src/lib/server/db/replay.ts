import { sql } from 'drizzle-orm';
import type { Expected } from '#lib/domain/known-answer.ts';
import { rowsOf, type Db } from './client.ts';

/** One presentation of a sitting, as a strip over all of them needs it. */
export interface ReplayStep {
  position: number;
  role: string;
  answered: boolean;
  responseTimeMs: number | null;
  blurs: number;
}

/** All presentations of a sitting in the order in which they were, or were to be, shown. */
export async function steps(db: Db, sessionId: number): Promise<ReplayStep[]> {
  const rows = await rowsOf<ReplayStep>(
    db,
    sql`select p.position, t.role, r.presentation_id is not null as answered, r.response_time_ms as "responseTimeMs",
        case when jsonb_typeof(r.facts->'blurs') = 'number' then (r.facts->>'blurs')::float8 else 0 end as blurs
      from presentations p join trials t on t.id = p.trial_id
      left join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} order by p.position`
  );
  return rows.map((row) => ({
    ...row,
    responseTimeMs: row.responseTimeMs === null ? null : Number(row.responseTimeMs)
  }));
}

export interface ReplayedPresentation {
  position: number;
  /** 0-based place of the trial in the plan. */
  trialIndex: number;
  role: string;
  expected: Expected | null;
  pass: number;
  order: number[];
  referenceId: number | null;
  /** In the trial's own order. */
  stimuli: number[];
  score: number | null;
  rawScore: number | null;
  choice: string | null;
  ranking: number[] | null;
  outcome: string | null;
  responseTimeMs: number | null;
  presentedAt: Date | string | null;
  answeredAt: Date | string | null;
  facts: Record<string, unknown> | null;
}

export async function presentation(
  db: Db,
  sessionId: number,
  position: number
): Promise<ReplayedPresentation | null> {
  const rows = await rowsOf<ReplayedPresentation>(
    db,
    sql`select p.position, t.index as "trialIndex", t.role, t.expected, p.pass, p."order", t.reference_id as "referenceId",
        (select array_agg(ts.stimulus_id order by ts.slot) from trial_stimuli ts where ts.trial_id = t.id) as stimuli,
        r.score, r.raw_score as "rawScore", r.choice, r.ranking, r.outcome, r.response_time_ms as "responseTimeMs",
        r.presented_at as "presentedAt", r.answered_at as "answeredAt", r.facts
      from presentations p join trials t on t.id = p.trial_id left join responses r on r.presentation_id = p.id
      where p.session_id = ${sessionId} and p.position = ${position}`
  );
  return rows[0] ?? null;
}

/** Whether a stimulus stands in a sitting, judged or as a reference. */
export async function isShown(db: Db, sessionId: number, stimulusId: number): Promise<boolean> {
  const [row] = await rowsOf<{ shown: boolean }>(
    db,
    sql`select exists (select 1 from presentations p join trials t on t.id = p.trial_id
      where p.session_id = ${sessionId} and (t.reference_id = ${stimulusId} or exists (
        select 1 from trial_stimuli ts where ts.trial_id = t.id and ts.stimulus_id = ${stimulusId}))) as shown`
  );
  return row?.shown === true;
}

/** What stimuli are called, by their ids. */
export async function named(
  db: Db,
  ids: readonly number[]
): Promise<Map<number, { name: string; sha256: string; mos: number | null }>> {
  const rows = await rowsOf<{ id: number; name: string; sha256: string; mos: number | null }>(
    db,
    sql`select id, name, image_sha256 as sha256, mos from stimuli where id = any(${`{${ids.join(',')}}`}::int[])`
  );
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}
