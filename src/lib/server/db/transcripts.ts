import { sql, type SQL } from 'drizzle-orm';
import type { TranscriptFacts } from '#lib/domain/transcript.ts';
import { rowsOf, type Db } from './client.ts';

export interface Transcript extends TranscriptFacts {
  presentationId: number;
  trialId: number;
  /** Trial slots in the order shown. */
  order: number[];
  /** In the order shown. */
  stimuli: { id: number; name: string; sha256: string; mos: number | null }[];
  reference: { id: number; name: string; sha256: string } | null;
  outcome: string | null;
  promptSha256: string | null;
  /** The pictures as sent, by the hash of their bytes; null where they were not kept. */
  imageSha256: string[] | null;
  /** The completion that was repeated instead of asking. */
  replayedFrom: number | null;
}

export const TRANSCRIPT_ORDERS = ['position', 'disagreement', 'confidence'] as const;
export type TranscriptOrder = (typeof TRANSCRIPT_ORDERS)[number];

export interface TranscriptFilter {
  /** `missing`: any but ok. */
  outcome: string | null;
  position: number | null;
  /** Only where the answer is at least so far from people's. */
  disagreement?: number | null;
  /** Only where the likeliest alternative has at most this probability. */
  confidence?: number | null;
  by?: TranscriptOrder;
}

/**
 * One page of a run's transcripts. Disagreement with people is told in the trial's own order, between 0 and 1: of a score
 * its distance from people's mean over 100; of a choice its distance (first slot 1, same ½, second slot 0) from people's
 * mean; of a ranking the mean distance of the four ranks from people's mean ranks over 3. Simulated people count only
 * for trials that no real person answered.
 */
export async function transcripts(
  db: Db,
  studyId: number,
  sessionId: number,
  filter: TranscriptFilter,
  offset: number,
  limit: number
): Promise<{ total: number; rows: Transcript[] }> {
  const judged = judgedRows(studyId, sessionId, filter);
  const where = sql.join(conditions(filter), sql` and `);
  const [counted] = await rowsOf<{ n: string }>(
    db,
    sql`${judged} select count(*) as n from judged where ${where}`
  );
  const rows = await rowsOf<
    Omit<Transcript, 'stimuli' | 'reference'> & {
      slots: Transcript['stimuli'];
      reference: Transcript['reference'];
    }
  >(
    db,
    sql`${judged}
      select j.id::float8 as "presentationId", j.position, j.trial_id as "trialId", j.pass, j."order",
      j.outcome, j.reason, j.score, j.choice, j.ranking, j.parser_version as "parserVersion",
      c.prompt_sha256 as "promptSha256", c.image_sha256 as "imageSha256", c.replayed_from::float8 as "replayedFrom",
      c.content, c.refusal, c.finish_reason as "finishReason", c.reported_model as "reportedModel",
      c.tokens_in as "tokensIn", c.tokens_out as "tokensOut", c.latency_ms as "latencyMs",
      j.disagreement, j.confidence, j.captured_mass as "capturedMass",
      (select json_agg(json_build_object('id', s.id, 'name', s.name, 'sha256', s.image_sha256, 'mos', s.mos) order by ts.slot)
        from trial_stimuli ts join stimuli s on s.id = ts.stimulus_id where ts.trial_id = j.trial_id) as slots,
      (select json_build_object('id', s.id, 'name', s.name, 'sha256', s.image_sha256)
        from trials t join stimuli s on s.id = t.reference_id where t.id = j.trial_id) as reference
      from (select * from judged where ${where} order by ${ordering(filter.by)} offset ${offset} limit ${limit}) j
      left join completions c on c.id = j.completion_id
      order by ${ordering(filter.by)}`
  );
  return {
    total: Number(counted?.n ?? 0),
    rows: rows.map(({ slots, ...row }) => ({
      ...row,
      stimuli: row.order.map((slot) => slots[slot] as Transcript['stimuli'][number])
    }))
  };
}

function conditions(filter: TranscriptFilter): SQL[] {
  const { outcome, position, disagreement = null, confidence = null } = filter;
  return [
    sql`true`,
    ...(outcome === null ? [] : [outcome === 'missing' ? sql`outcome <> 'ok'` : sql`outcome = ${outcome}`]),
    ...(position === null ? [] : [sql`position = ${position}`]),
    ...(disagreement === null ? [] : [sql`disagreement >= ${disagreement}::float8`]),
    ...(confidence === null ? [] : [sql`confidence <= ${confidence}::float8`])
  ];
}

function ordering(by: TranscriptOrder = 'position'): SQL {
  if (by === 'disagreement') return sql`disagreement desc nulls last, position`;
  return by === 'confidence' ? sql`confidence nulls last, position` : sql`position`;
}

/** What people say is gathered once for all trials, not once a presentation. */
function judgedRows(studyId: number, sessionId: number, { position }: TranscriptFilter): SQL {
  const bySlot = (choice: SQL, order: SQL) =>
    sql`case ${choice} when 'same' then 0.5 when 'first' then (${order}[1] = 0)::int when 'second' then (${order}[1] <> 0)::int end`;
  const real = (value: SQL) =>
    sql`coalesce(avg(${value}) filter (where o.kind = 'rater'), avg(${value}))::float8`;
  const persons = sql`from presentations p join responses r on r.presentation_id = p.id
    join sessions s on s.id = p.session_id join observers o on o.id = s.observer_id`;
  const theirs = sql`p.study_id = ${studyId} and s.door = 'page' and s.state <> 'withdrawn' and r.outcome = 'ok'
    ${position === null ? sql`` : sql`and p.trial_id in (select trial_id from presentations where session_id = ${sessionId} and position = ${position})`}`;
  return sql`with people as materialized (
      select p.trial_id, ${real(sql`r.score`)} as score, ${real(bySlot(sql`r.choice`, sql`p."order"`))} as choice
      ${persons} where ${theirs} group by p.trial_id),
    ranks as materialized (
      select p.trial_id, u.slot, ${real(sql`u.rank`)} as rank
      ${persons} cross join unnest(p."order", r.ranking) as u(slot, rank)
      where ${theirs} and r.ranking is not null group by p.trial_id, u.slot),
    judged as (
      select p.id, p.position, p.trial_id, p.pass, p."order", r.outcome, r.reason, r.score, r.choice, r.ranking,
        r.completion_id, r.parser_version,
        case when r.score is not null then abs(r.score - h.score) / 100
          when r.choice is not null then abs(${bySlot(sql`r.choice`, sql`p."order"`)} - h.choice)
          when r.ranking is not null then (
            select avg(abs(u.rank - k.rank)) / 3 from unnest(p."order", r.ranking) as u(slot, rank)
            join ranks k on k.trial_id = p.trial_id and k.slot = u.slot) end::float8 as disagreement,
        (select max(v.value::float8) from jsonb_each_text(
          case when jsonb_typeof(r.facts->'probabilities') = 'object' then r.facts->'probabilities' end) v) as confidence,
        (r.facts->>'capturedMass')::float8 as captured_mass
      from presentations p join responses r on r.presentation_id = p.id
      left join people h on h.trial_id = p.trial_id
      where p.session_id = ${sessionId})`;
}

/** Where in a run each of these stimuli was first judged: the position of a presentation by stimulus id. */
export async function positionsOf(
  db: Db,
  sessionId: number,
  stimulusIds: readonly number[]
): Promise<Map<number, number>> {
  if (stimulusIds.length === 0) return new Map();
  const rows = await rowsOf<{ id: number; position: number }>(
    db,
    sql`select ts.stimulus_id as id, min(p.position) as position
      from presentations p join responses r on r.presentation_id = p.id
      join trials t on t.id = p.trial_id and t.role = 'test'
      join trial_stimuli ts on ts.trial_id = t.id
      where p.session_id = ${sessionId} and ts.stimulus_id in ${[...stimulusIds]}
      group by ts.stimulus_id`
  );
  return new Map(rows.map(({ id, position }) => [id, Number(position)]));
}
