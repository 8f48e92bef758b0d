import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { rowsOf, type Db } from './client.ts';
import * as schema from './schema/index.ts';

/** A row as the database writes it in JSON: columns by their names in the database, instants to the microsecond. */
export type PlainRow = Record<string, unknown>;

/** What is a lab's own and leaves it in no bundle. */
const KEPT_BACK = [
  'token_hash',
  'invitation_id',
  'api_key_env',
  'lease_owner',
  'lease_expires_at',
  'vote_import_id'
];

function rows(db: Db, statement: SQL): Promise<PlainRow[]> {
  return rowsOf<{ row: PlainRow }>(db, statement).then((found) => found.map(({ row }) => row));
}

const plain = (alias: string): SQL =>
  sql.raw(`to_jsonb(${alias}) - array[${KEPT_BACK.map((name) => `'${name}'`).join(', ')}]::text[] as row`);

export interface BundleHead {
  study: PlainRow;
  dataset: PlainRow;
  images: PlainRow[];
  stimuli: PlainRow[];
  downsized: PlainRow[];
  /** With `stimuli`: ids by slot. */
  trials: PlainRow[];
  observers: PlainRow[];
  sessions: PlainRow[];
  runs: PlainRow[];
  prompts: PlainRow[];
}

/** Everything about a study but its votes. */
export async function head(db: Db, studyId: number): Promise<BundleHead> {
  const inStudy = sql`(select ts.stimulus_id from trial_stimuli ts join trials t on t.id = ts.trial_id where t.study_id = ${studyId}
    union select t.reference_id from trials t where t.study_id = ${studyId} and t.reference_id is not null)`;
  // A stimulus's reference comes along, whether or not a trial shows it.
  const needed = sql`(select id from stimuli where id in ${inStudy}
    union select reference_id from stimuli where id in ${inStudy} and reference_id is not null)`;
  const here = sql`s.study_id = ${studyId} and s.state <> 'withdrawn'`;
  const [study] = await rows(db, sql`select ${plain('t')} from studies t where id = ${studyId}`);
  const [dataset] = await rows(
    db,
    sql`select ${plain('d')} from datasets d join studies t on t.dataset_id = d.id where t.id = ${studyId}`
  );
  if (!study || !dataset) throw new Error(`there is no study ${studyId}`);
  return {
    study,
    dataset,
    images: await rows(
      db,
      sql`select ${plain('i')} from images i where sha256 in (select image_sha256 from stimuli where id in ${needed}) order by sha256`
    ),
    stimuli: await rows(db, sql`select ${plain('x')} from stimuli x where id in ${needed} order by id`),
    downsized: await rows(
      db,
      sql`select ${plain('d')} from downsized_images d where source_sha256 in (select image_sha256 from stimuli where id in ${needed}) order by 1`
    ),
    trials: await rows(
      db,
      sql`select to_jsonb(t) || jsonb_build_object('stimuli',
        (select jsonb_agg(ts.stimulus_id order by ts.slot) from trial_stimuli ts where ts.trial_id = t.id)) as row
        from trials t where study_id = ${studyId} order by index`
    ),
    observers: await rows(
      db,
      sql`select ${plain('o')} from observers o where id in (select observer_id from sessions s where ${here}) order by id`
    ),
    sessions: await rows(db, sql`select ${plain('s')} from sessions s where ${here} order by id`),
    runs: await rows(
      db,
      sql`select ${plain('r')} from runs r join sessions s on s.id = r.session_id where ${here} order by s.id`
    ),
    prompts: await rows(
      db,
      sql`select ${plain('p')} from prompt_texts p where sha256 in (
        select c.prompt_sha256 from completions c join presentations x on x.id = c.presentation_id
        join sessions s on s.id = x.session_id where ${here}) order by sha256`
    )
  };
}

export interface BundledVote {
  presentation: PlainRow;
  response: PlainRow | null;
  completions: PlainRow[];
}

/** Presentations after an id with what came back, in the order that they were planned. */
export async function votesAfter(
  db: Db,
  studyId: number,
  after: number,
  limit: number
): Promise<BundledVote[]> {
  const votes = await rowsOf<{ presentation: PlainRow; response: PlainRow | null }>(
    db,
    sql`select to_jsonb(p) as presentation, to_jsonb(r) as response from presentations p
      join sessions s on s.id = p.session_id left join responses r on r.presentation_id = p.id and r.presentation_id > ${after}
      where p.study_id = ${studyId} and p.id > ${after} and s.state <> 'withdrawn' order by p.id limit ${limit}`
  );
  const first = Number(votes[0]?.presentation['id'] ?? 0);
  const last = Number(votes.at(-1)?.presentation['id'] ?? 0);
  const completions = await rows(
    db,
    sql`select ${plain('c')} from completions c join presentations p on p.id = c.presentation_id
      where c.presentation_id between ${first} and ${last} and p.study_id = ${studyId} order by c.id`
  );
  const of = new Map<unknown, PlainRow[]>();
  for (const completion of completions) {
    const key = completion['presentation_id'];
    of.set(key, [...(of.get(key) ?? []), completion]);
  }
  return votes.map((vote) => ({
    presentation: vote.presentation,
    response: vote.response,
    completions: of.get(vote.presentation['id']) ?? []
  }));
}

const TABLES = {
  datasets: schema.datasets,
  images: schema.images,
  stimuli: schema.stimuli,
  downsized_images: schema.downsizedImages,
  studies: schema.studies,
  trials: schema.trials,
  trial_stimuli: schema.trialStimuli,
  observers: schema.observers,
  sessions: schema.sessions,
  runs: schema.runs,
  prompt_texts: schema.promptTexts,
  presentations: schema.presentations,
  responses: schema.responses,
  completions: schema.completions
} satisfies Record<string, PgTable>;
export type BundledTable = keyof typeof TABLES;

/** Tables whose rows are named by their content: one that is there already is the same row. */
const BY_CONTENT: readonly BundledTable[] = ['images', 'downsized_images', 'prompt_texts'];

/**
 * Stores rows in the order given, with new ids, and hands back the new rows' ids in that order (none for tables without).
 * Columns that this lab does not know are passed over; those that a row does not have take their defaults.
 */
export async function insertPlain(
  db: Db,
  table: BundledTable,
  values: readonly PlainRow[]
): Promise<number[]> {
  const [sample] = values;
  if (!sample) return [];
  const known = Object.values(getTableColumns(TABLES[table])).map(({ name }) => name);
  const columns = known.filter((name) => name !== 'id' && Object.hasOwn(sample, name));
  const list = sql.raw(columns.map((name) => `"${name}"`).join(', '));
  const picked = sql.raw(columns.map((name) => `x."${name}"`).join(', '));
  const name = sql.raw(table);
  const returned = known.includes('id') ? sql`returning id::float8 as id` : sql``;
  const again = BY_CONTENT.includes(table) ? sql`on conflict do nothing` : sql``;
  const inserted = await rowsOf<{ id: number }>(
    db,
    sql`insert into ${name} (${list})
      select ${picked} from jsonb_array_elements(${JSON.stringify(values)}::jsonb) with ordinality as e(row, place)
      cross join lateral jsonb_populate_record(null::${name}, e.row) x order by e.place ${again} ${returned}`
  );
  const ids = inserted.map(({ id }) => id);
  // Identities count up in the order in which the rows were stored.
  return ids.sort((a, b) => a - b);
}

export async function observerNames(
  db: Db,
  names: readonly string[]
): Promise<Map<string, { id: number; kind: string }>> {
  const found = await rowsOf<{ id: number; name: string; kind: string }>(
    db,
    sql`select id, name, kind from observers where name in (select jsonb_array_elements_text(${JSON.stringify(names)}::jsonb))`
  );
  return new Map(found.map(({ id, name, kind }) => [name, { id, kind }]));
}

export async function lockAt(db: Db, studyId: number, lockedAt: unknown): Promise<void> {
  if (typeof lockedAt !== 'string') return;
  await db.execute(sql`update studies set locked_at = ${lockedAt}::timestamptz where id = ${studyId}`);
}
