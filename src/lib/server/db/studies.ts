import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Expected } from '#lib/domain/known-answer.ts';
import { rowsOf, type Db } from './client.ts';
import { datasets, studies, trials, trialStimuli } from './schema/index.ts';

export type Study = typeof studies.$inferSelect;
export type NewStudy = typeof studies.$inferInsert;
export interface NewTrial {
  role: string;
  referenceId: number | null;
  stimuli: number[];
  /** What a gold or trap trial expects, in trial-slot order; what training tells. */
  expected?: Expected | undefined;
}

/** The newest version of a name, or the one that "name@2" asks for. */
export async function byName(db: Db, text: string): Promise<Study | null> {
  const exact = await db
    .select()
    .from(studies)
    .where(eq(studies.name, text))
    .orderBy(desc(studies.version))
    .limit(1);
  if (exact[0]) return exact[0];
  const versioned = /^(.*)@(\d{1,9})$/.exec(text);
  if (!versioned) return null;
  const rows = await db
    .select()
    .from(studies)
    .where(and(eq(studies.name, versioned[1] as string), eq(studies.version, Number(versioned[2]))));
  return rows[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<Study | null> {
  return (await db.select().from(studies).where(eq(studies.id, id)))[0] ?? null;
}

/** Exactly the version that an address names: "name" is the first, "name@2" the second. A link goes on meaning one design. */
export async function byAddress(db: Db, address: string): Promise<Study | null> {
  const versioned = /^(.*)@(\d{1,9})$/.exec(address);
  const name = versioned?.[1] ?? address;
  const rows = await db
    .select()
    .from(studies)
    .where(and(eq(studies.name, name), eq(studies.version, Number(versioned?.[2] ?? 1))));
  return rows[0] ?? null;
}

/** How a study is addressed: its name, with the version from the second on. */
export function addressOf(study: { name: string; version: number }): string {
  return study.version === 1 ? study.name : `${study.name}@${study.version}`;
}

/** Every version of a name, oldest first. */
export async function versionsOf(db: Db, name: string): Promise<Study[]> {
  return db.select().from(studies).where(eq(studies.name, name)).orderBy(asc(studies.version));
}

export interface StudySummary extends Study {
  dataset: string;
  trials: number;
  raters: number;
  runs: number;
  responses: number;
}

const SUMMARY = sql`select t.*, d.name as dataset_name,
  (select count(*) from trials x where x.study_id = t.id) as trial_count,
  (select count(*) from sessions s where s.study_id = t.id and s.door = 'page') as rater_count,
  (select count(*) from sessions s where s.study_id = t.id and s.door = 'model') as run_count,
  (select count(*) from responses r join presentations p on p.id = r.presentation_id
    join sessions s on s.id = p.session_id where p.study_id = t.id and s.state <> 'withdrawn') as response_count
  from studies t join datasets d on d.id = t.dataset_id`;

/** Every study with its counts, newest first. */
export async function list(db: Db): Promise<StudySummary[]> {
  const counts = await rowsOf<{
    id: number;
    dataset_name: string;
    trial_count: string;
    rater_count: string;
    run_count: string;
    response_count: string;
  }>(db, SUMMARY);
  const by = new Map(counts.map((row) => [row.id, row]));
  const all = await db.select().from(studies).orderBy(desc(studies.id));
  return all.map((study) => {
    const row = by.get(study.id);
    return {
      ...study,
      dataset: row?.dataset_name ?? '',
      trials: Number(row?.trial_count ?? 0),
      raters: Number(row?.rater_count ?? 0),
      runs: Number(row?.run_count ?? 0),
      responses: Number(row?.response_count ?? 0)
    };
  });
}

export interface StudyCounts {
  trials: number;
  /** Sittings of people (or of simulations through the same door), withdrawn ones left out. */
  people: number;
  runs: number;
  /** Observers whose votes were collected elsewhere. */
  imported: number;
  answers: number;
}

/** Sittings that are completed have answered every place: theirs are not counted one by one. */
export async function countsOf(db: Db, studyId: number): Promise<StudyCounts> {
  const [row] = await rowsOf<Record<keyof StudyCounts, string>>(
    db,
    sql`select (select count(*) from trials where study_id = ${studyId}) as trials,
      (select count(*) from sessions where study_id = ${studyId} and door = 'page' and state <> 'withdrawn') as people,
      (select count(*) from sessions where study_id = ${studyId} and door = 'model') as runs,
      (select count(*) from sessions where study_id = ${studyId} and door = 'import' and state <> 'withdrawn') as imported,
      (select coalesce(sum((select p.position + 1 from presentations p where p.session_id = s.id
          order by p.position desc limit 1)), 0)
        from sessions s where s.study_id = ${studyId} and s.door = 'page' and s.state = 'completed') +
      (select count(*) from sessions s join presentations p on p.session_id = s.id
        join responses r on r.presentation_id = p.id where s.study_id = ${studyId} and s.state <> 'withdrawn'
        and not (s.door = 'page' and s.state = 'completed')) as answers`
  );
  return {
    trials: Number(row?.trials ?? 0),
    people: Number(row?.people ?? 0),
    runs: Number(row?.runs ?? 0),
    imported: Number(row?.imported ?? 0),
    answers: Number(row?.answers ?? 0)
  };
}

/**
 * Stores a study and its trials in one transaction.
 * @returns null when name and version are taken.
 */
export async function create(db: Db, study: NewStudy, planned: readonly NewTrial[]): Promise<Study | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx.insert(studies).values(study).onConflictDoNothing().returning();
    if (!row) return null;
    // Few statements with many rows: 50,000 trials should not mean 50,000 round trips.
    for (let from = 0; from < planned.length; from += 2000) {
      const part = planned.slice(from, from + 2000);
      const ids = await tx
        .insert(trials)
        .values(
          part.map((trial, offset) => ({
            studyId: row.id,
            datasetId: row.datasetId,
            index: from + offset,
            role: trial.role,
            referenceId: trial.referenceId,
            expected: trial.expected ?? null
          }))
        )
        .returning({ id: trials.id, index: trials.index });
      const idOf = new Map(ids.map(({ id, index }) => [index, id]));
      await tx.insert(trialStimuli).values(
        part.flatMap((trial, offset) =>
          trial.stimuli.map((stimulusId, slot) => ({
            trialId: idOf.get(from + offset) as number,
            datasetId: row.datasetId,
            slot,
            stimulusId
          }))
        )
      );
    }
    return row;
  });
}

export interface StoredTrial {
  id: number;
  index: number;
  role: string;
  referenceId: number | null;
  stimuli: number[];
  expected: Expected | null;
}

/** A study's trials in the order of its plan, stimuli by slot. */
export async function trialsOf(db: Db, studyId: number): Promise<StoredTrial[]> {
  return rowsOf<StoredTrial>(
    db,
    sql`select t.id, t.index, t.role, t.reference_id as "referenceId", t.expected,
      array_agg(ts.stimulus_id order by ts.slot) as stimuli
      from trials t join trial_stimuli ts on ts.trial_id = t.id
      where t.study_id = ${studyId} group by t.id order by t.index`
  );
}

/** Names and pictures of the stimuli that a study's trials hold, references among them. */
export async function stimuliIn(
  db: Db,
  studyId: number
): Promise<
  {
    id: number;
    name: string;
    kind: string;
    referenceId: number | null;
    sha256: string;
    mos: number | null;
    sigma: number | null;
    n: number | null;
    distortion: string | null;
    level: number | null;
    content: string | null;
    widthPx: number;
    heightPx: number;
  }[]
> {
  return rowsOf(
    db,
    sql`select s.id, s.name, s.kind, s.reference_id as "referenceId", s.image_sha256 as sha256, s.mos, s.sigma,
      s.n_ratings as n, s.distortion, s.level, s.content, i.width_px as "widthPx", i.height_px as "heightPx"
      from stimuli s join images i on i.sha256 = s.image_sha256
      where s.id in (
        select ts.stimulus_id from trial_stimuli ts join trials t on t.id = ts.trial_id where t.study_id = ${studyId}
        union select t.reference_id from trials t where t.study_id = ${studyId}
      ) order by s.id`
  );
}

/** Takes the study's row for this transaction: whoever opens sessions does so one after another. */
export async function lockRow(db: Db, studyId: number): Promise<Study | null> {
  return (await db.select().from(studies).where(eq(studies.id, studyId)).for('update'))[0] ?? null;
}

export async function markStarted(db: Db, studyId: number): Promise<void> {
  await db.execute(sql`update studies set locked_at = now() where id = ${studyId} and locked_at is null`);
}

export async function setState(db: Db, studyId: number, state: 'open' | 'closed'): Promise<void> {
  await db.update(studies).set({ state }).where(eq(studies.id, studyId));
}

export interface TrialRow {
  id: number;
  index: number;
  role: string;
  expected: Expected | null;
  stimuli: { name: string; sha256: string; mos: number | null }[];
  reference: { name: string; sha256: string } | null;
}

/** One page of a study's trials in the order of its plan. */
export async function trialsPage(
  db: Db,
  studyId: number,
  offset: number,
  limit: number
): Promise<{ total: number; trials: TrialRow[] }> {
  const [counted] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from trials where study_id = ${studyId}`
  );
  const rows = await rowsOf<TrialRow>(
    db,
    sql`select t.id, t.index, t.role, t.expected,
      (select json_agg(json_build_object('name', s.name, 'sha256', s.image_sha256, 'mos', s.mos) order by ts.slot)
        from trial_stimuli ts join stimuli s on s.id = ts.stimulus_id where ts.trial_id = t.id) as stimuli,
      (select json_build_object('name', s.name, 'sha256', s.image_sha256) from stimuli s where s.id = t.reference_id)
        as reference
      from trials t where t.study_id = ${studyId} order by t.index offset ${offset} limit ${limit}`
  );
  return { total: Number(counted?.n ?? 0), trials: rows };
}

export async function datasetOf(db: Db, study: Study): Promise<typeof datasets.$inferSelect> {
  const rows = await db.select().from(datasets).where(eq(datasets.id, study.datasetId));
  return rows[0] as typeof datasets.$inferSelect;
}

/** How many trials a study holds for training, to be judged, and with a known answer. */
export async function trialCounts(
  db: Db,
  studyId: number
): Promise<{ training: number; test: number; checks: number }> {
  const [row] = await rowsOf<{ training: number; test: number; checks: number }>(
    db,
    sql`select count(*) filter (where role = 'training')::int as training,
      count(*) filter (where role = 'test')::int as test,
      count(*) filter (where role in ('gold', 'trap'))::int as checks from trials where study_id = ${studyId}`
  );
  return row ?? { training: 0, test: 0, checks: 0 };
}
