import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

export interface TrialVotes {
  trialId: number;
  /** The two stimuli in trial-slot order. */
  stimuli: [number, number];
  /** People's votes so far, by slot: for the first, for the second, for neither. */
  wins: [number, number];
  ties: number;
  /** Places without an answer in sittings that were seen lately. */
  coming: number;
}

/**
 * What people said so far to each pair of a double-stimulus study, and how many are about to say something. Training,
 * traps and withdrawn sittings are left out; a model's answers never steer what people see.
 */
export async function pairVotes(db: Db, studyId: number, staleAfterMs: number): Promise<TrialVotes[]> {
  const rows = await rowsOf<{
    trialId: number;
    stimuli: [number, number];
    first: number;
    second: number;
    ties: number;
    coming: number;
  }>(
    db,
    sql`with votes as (
        select p.trial_id,
          count(*) filter (where r.outcome = 'ok' and r.choice = case when p."order"[1] = 0 then 'first' else 'second' end) as first,
          count(*) filter (where r.outcome = 'ok' and r.choice = case when p."order"[1] = 0 then 'second' else 'first' end) as second,
          count(*) filter (where r.outcome = 'ok' and r.choice = 'same') as ties,
          count(*) filter (where r.presentation_id is null and s.state = 'active'
            and s.last_seen_at > now() - ${staleAfterMs} * interval '1 millisecond') as coming
        from presentations p join sessions s on s.id = p.session_id
        left join responses r on r.presentation_id = p.id
        where p.study_id = ${studyId} and s.door = 'page' and s.state <> 'withdrawn'
        group by p.trial_id)
      select t.id as "trialId",
        (select array_agg(ts.stimulus_id order by ts.slot) from trial_stimuli ts where ts.trial_id = t.id) as stimuli,
        coalesce(v.first, 0)::int as first, coalesce(v.second, 0)::int as second,
        coalesce(v.ties, 0)::int as ties, coalesce(v.coming, 0)::int as coming
      from trials t left join votes v on v.trial_id = t.id
      where t.study_id = ${studyId} and t.role = 'test' order by t.index`
  );
  return rows.map(({ first, second, ...row }) => ({ ...row, wins: [first, second] }));
}
