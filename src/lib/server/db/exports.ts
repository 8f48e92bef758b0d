import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

export interface ExportedPresentation {
  id: number;
  session: number;
  observer: string;
  kind: string;
  /** Whether the vote was collected elsewhere. */
  imported: boolean;
  strategy: string | null;
  trialId: number;
  /** null where nobody knows at which place it was shown. */
  position: number | null;
  pass: number;
  /** Trial slots in the order shown. */
  order: number[];
  outcome: string | null;
  score: number | null;
  /** The score or the grade as given, on the study's own scale. */
  raw: number | null;
  choice: string | null;
  ranking: number[] | null;
  responseTimeMs: number | null;
  presentedAt: string | Date | null;
  answeredAt: string | Date | null;
  reason: string | null;
  model: string | null;
  promptId: string | null;
  promptVersion: number | null;
  tokensIn: number | null;
  tokensOut: number | null;
  cost: number | null;
}

/** Presentations after an id, answered or not, of sessions that are not withdrawn. */
export function presentationsAfter(
  db: Db,
  studyId: number,
  after: number,
  limit: number
): Promise<ExportedPresentation[]> {
  return rowsOf(
    db,
    sql`select p.id::float8 as id, s.id as session, o.name as observer, o.kind,
      s.door = 'import' as imported, s.strategy, p.trial_id as "trialId",
      case when s.door <> 'import' then p.position end as position, p.pass, p."order", r.outcome, r.score, r.raw_score as raw, r.choice, r.ranking,
      r.response_time_ms as "responseTimeMs", r.presented_at as "presentedAt",
      case when s.door <> 'import' then r.answered_at end as "answeredAt", r.reason, runs.model, pt.prompt_id as "promptId", pt.prompt_version as "promptVersion",
      c.tokens_in as "tokensIn", c.tokens_out as "tokensOut", c.cost
      from presentations p join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id
      left join responses r on r.presentation_id = p.id and r.presentation_id > ${after}
      left join runs on runs.session_id = s.id
      left join completions c on c.id = r.completion_id
      left join prompt_texts pt on pt.sha256 = c.prompt_sha256
      where p.study_id = ${studyId} and p.id > ${after} and s.state <> 'withdrawn'
      order by p.id limit ${limit}`
  );
}

export interface ExportedCompletion {
  id: number;
  session: number;
  observer: string;
  model: string | null;
  strategy: string | null;
  trialId: number;
  position: number;
  attempt: number;
  promptSha256: string;
  reportedModel: string | null;
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  logprobs: string | null;
  tokensIn: number | null;
  tokensOut: number | null;
  cost: number | null;
  latencyMs: number;
  receivedAt: string | Date;
  outcome: string | null;
  parserVersion: number | null;
}

/** Raw completions after an id, each attempt of each presentation. */
export function completionsAfter(
  db: Db,
  studyId: number,
  after: number,
  limit: number
): Promise<ExportedCompletion[]> {
  return rowsOf(
    db,
    sql`select c.id::float8 as id, s.id as session, o.name as observer, runs.model, s.strategy, p.trial_id as "trialId",
      p.position, c.attempt, c.prompt_sha256 as "promptSha256", c.reported_model as "reportedModel", c.content,
      c.refusal, c.finish_reason as "finishReason", c.logprobs::text as logprobs, c.tokens_in as "tokensIn",
      c.tokens_out as "tokensOut", c.cost, c.latency_ms as "latencyMs", c.received_at as "receivedAt",
      r.outcome, r.parser_version as "parserVersion"
      from completions c join presentations p on p.id = c.presentation_id
      join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id
      left join runs on runs.session_id = s.id
      left join responses r on r.completion_id = c.id
      where p.study_id = ${studyId} and c.id > ${after} and s.state <> 'withdrawn'
      order by c.id limit ${limit}`
  );
}

export interface ExportedPrompt {
  sha256: string;
  promptId: string;
  promptVersion: number;
  parts: unknown;
  completions: number;
}

/** The exact texts that models of this study were sent, after a hash. */
export function promptsAfter(
  db: Db,
  studyId: number,
  after: string,
  limit: number
): Promise<ExportedPrompt[]> {
  return rowsOf(
    db,
    sql`select pt.sha256, pt.prompt_id as "promptId", pt.prompt_version as "promptVersion", pt.parts,
      count(*)::int as completions
      from completions c join presentations p on p.id = c.presentation_id join sessions s on s.id = p.session_id
      join prompt_texts pt on pt.sha256 = c.prompt_sha256
      where p.study_id = ${studyId} and pt.sha256 > ${after} and s.state <> 'withdrawn'
      group by pt.sha256 order by pt.sha256 limit ${limit}`
  );
}

/** Everybody with a usable answer to a test trial, by session. */
export function answeringSessions(
  db: Db,
  studyId: number
): Promise<{ session: number; observer: string; kind: string; door: string }[]> {
  return rowsOf(
    db,
    sql`select s.id as session, o.name as observer, o.kind,
      case when s.door <> 'import' then s.door when o.kind = 'model' then 'model' else 'page' end as door
      from sessions s join observers o on o.id = s.observer_id
      where s.study_id = ${studyId} and s.state <> 'withdrawn' and exists (
        select 1 from presentations p join responses r on r.presentation_id = p.id join trials t on t.id = p.trial_id
        where p.session_id = s.id and r.outcome = 'ok' and t.role = 'test')
      order by s.id`
  );
}

/** Usable scores of some trials, in their order; of several passes the first. */
export function scoresOfTrials(
  db: Db,
  trialIds: readonly number[]
): Promise<{ trialId: number; session: number; score: number; raw: number | null }[]> {
  if (trialIds.length === 0) return Promise.resolve([]);
  return rowsOf(
    db,
    sql`select distinct on (p.trial_id, p.session_id) p.trial_id as "trialId", p.session_id as session, r.score,
      r.raw_score as raw
      from presentations p join responses r on r.presentation_id = p.id join sessions s on s.id = p.session_id
      where p.trial_id in (${sql.join(
        trialIds.map((id) => sql`${id}`),
        sql`, `
      )}) and r.outcome = 'ok' and r.score is not null and s.state <> 'withdrawn'
      order by p.trial_id, p.session_id, p.pass`
  );
}
