import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

export interface ExportedPresentation {
  id: number;
  session: number;
  observer: string;
  kind: string;
  strategy: string | null;
  trial: number;
  role: string;
  position: number;
  /** In the order shown. */
  stimuli: string[];
  reference: string | null;
  outcome: string | null;
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
  /** The score or the grade as given, on the study's own scale. */
  raw: number | null;
  responseTimeMs: number | null;
  presentedAt: string | Date | null;
  answeredAt: string | Date | null;
  model: string | null;
  promptId: string | null;
  promptVersion: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  cost: number | null;
}

/** Presentations after an id, answered or not, of sessions that are not withdrawn. */
export async function presentationsAfter(
  db: Db,
  studyId: number,
  after: number,
  limit: number
): Promise<ExportedPresentation[]> {
  const rows = await rowsOf<ExportedPresentation & { order: number[]; names: string[] }>(
    db,
    sql`select p.id::float8 as id, s.id as session, o.name as observer, o.kind, s.strategy, t.index as trial, t.role,
      p.position, p."order",
      (select array_agg(x.name order by ts.slot) from trial_stimuli ts join stimuli x on x.id = ts.stimulus_id
        where ts.trial_id = t.id) as names,
      ref.name as reference, r.outcome, r.score, r.choice, r.ranking, r.raw_score as raw,
      r.response_time_ms as "responseTimeMs", r.presented_at as "presentedAt", r.answered_at as "answeredAt",
      runs.model, pt.prompt_id as "promptId", pt.prompt_version as "promptVersion",
      c.tokens_in as "tokensIn", c.tokens_out as "tokensOut", c.cost
      from presentations p join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id
      join trials t on t.id = p.trial_id
      left join stimuli ref on ref.id = t.reference_id
      left join responses r on r.presentation_id = p.id
      left join runs on runs.session_id = s.id
      left join completions c on c.id = r.completion_id
      left join prompt_texts pt on pt.sha256 = c.prompt_sha256
      where p.study_id = ${studyId} and p.id > ${after} and s.state <> 'withdrawn'
      order by p.id limit ${limit}`
  );
  return rows.map(({ order, names, ...row }) => ({
    ...row,
    stimuli: order.map((slot) => names[slot] as string)
  }));
}
