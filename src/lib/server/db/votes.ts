import { and, desc, eq, sql } from 'drizzle-orm';
import { observerNames } from './bundles.ts';
import { rowsOf, type Db } from './client.ts';
import { nextOrdinal } from './sessions.ts';
import { sessions, voteImports } from './schema/index.ts';

export type VoteImport = typeof voteImports.$inferSelect;
export type NewVoteImport = typeof voteImports.$inferInsert;

/** One vote of an imported sitting as it is stored. */
export interface NewVote {
  sessionId: number;
  trialId: number;
  /** 0-based place among the observer's votes in the file; nobody knows at which place it was shown. */
  position: number;
  pass: number;
  /** Trial slots in the order that the file names the stimuli. */
  order: number[];
  score: number | null;
  raw: number | null;
  choice: string | null;
  ranking: number[] | null;
  facts: Record<string, unknown> | null;
}

/** Observers and sessions that one statement makes. */
const SLICE = 1000;

export async function bySha256(db: Db, studyId: number, sha256: string): Promise<VoteImport | null> {
  const rows = await db
    .select()
    .from(voteImports)
    .where(and(eq(voteImports.studyId, studyId), eq(voteImports.sha256, sha256)));
  return rows[0] ?? null;
}

export async function byId(db: Db, studyId: number, id: number): Promise<VoteImport | null> {
  const rows = await db
    .select()
    .from(voteImports)
    .where(and(eq(voteImports.studyId, studyId), eq(voteImports.id, id)));
  return rows[0] ?? null;
}

/** A study's imports, newest first. */
export async function ofStudy(db: Db, studyId: number): Promise<VoteImport[]> {
  return db.select().from(voteImports).where(eq(voteImports.studyId, studyId)).orderBy(desc(voteImports.id));
}

/** What earlier files call the observers whose votes this study holds already. */
export async function namesIn(db: Db, studyId: number): Promise<Set<string>> {
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`select imported->>'observer' as name from sessions where study_id = ${studyId} and door = 'import'`
  );
  return new Set(rows.map(({ name }) => name));
}

export async function create(db: Db, row: NewVoteImport): Promise<VoteImport | null> {
  const [made] = await db.insert(voteImports).values(row).onConflictDoNothing().returning();
  return made ?? null;
}

/**
 * A sitting for each observer of a file, in the order given. They count as withdrawn until `finish`: what is withdrawn no
 * query reads, so that half a file is never seen. Call in a transaction that holds the study's row.
 *
 * Observers are called by the file's name with "(imported)" behind it, a model's the same in all studies; a person of the
 * same name in another study is another person.
 */
export async function openSessions(
  tx: Db,
  study: { id: number; address: string },
  made: VoteImport,
  names: readonly string[]
): Promise<number[]> {
  const wanted = names.map((name) => `${name} (imported)`);
  const inStudy = names.map((name) => `${name} (imported, ${study.address})`);
  const taken = await observerNames(tx, [...wanted, ...inStudy]);
  const observerIds: number[] = [];
  const fresh: { place: number; name: string }[] = [];
  names.forEach((name, place) => {
    const there = taken.get(wanted[place] as string);
    if (there && made.kind === 'model' && there.kind === 'model') observerIds[place] = there.id;
    else if (!there) fresh.push({ place, name: wanted[place] as string });
    else if (!taken.has(inStudy[place] as string)) fresh.push({ place, name: inStudy[place] as string });
    else fresh.push({ place, name: `${name} (imported, ${study.address}, file ${made.id})` });
  });
  for (let from = 0; from < fresh.length; from += SLICE) {
    const slice = fresh.slice(from, from + SLICE);
    const rows = await rowsOf<{ id: number; name: string }>(
      tx,
      sql`insert into observers (kind, name)
        select ${made.kind}, x from jsonb_array_elements_text(${JSON.stringify(slice.map(({ name }) => name))}::jsonb) x
        returning id, name`
    );
    const idOf = new Map(rows.map(({ id, name }) => [name, id]));
    for (const { place, name } of slice) observerIds[place] = idOf.get(name) as number;
  }
  const ordinal = await nextOrdinal(tx, study.id, 'import');
  const sessionIds: number[] = [];
  for (let from = 0; from < names.length; from += SLICE) {
    const rows = await tx
      .insert(sessions)
      .values(
        names.slice(from, from + SLICE).map((name, offset) => ({
          studyId: study.id,
          observerId: observerIds[from + offset] as number,
          door: 'import',
          ordinal: ordinal + from + offset,
          // Nothing here was drawn by this lab.
          seed: 'imported',
          state: 'withdrawn',
          imported: { file: made.fileName, sha256: made.sha256, observer: name },
          voteImportId: made.id
        }))
      )
      .returning({ id: sessions.id, ordinal: sessions.ordinal });
    for (const row of rows) sessionIds[row.ordinal - ordinal] = row.id;
  }
  return sessionIds;
}

/**
 * Stores votes of an import that is still being stored, in one transaction.
 * @returns false where it is not any more: somebody else has taken it away.
 */
export async function insertVotes(
  db: Db,
  studyId: number,
  importId: number,
  votes: readonly NewVote[]
): Promise<boolean> {
  if (votes.length === 0) return true;
  const rows = votes.map(({ sessionId, trialId, position, pass, order, ...answer }) => ({
    s: sessionId,
    t: trialId,
    n: position,
    p: pass,
    o: order,
    ...answer
  }));
  return db.transaction(async (tx) => {
    const alive = await rowsOf(
      tx,
      sql`update vote_imports set stored = stored + ${votes.length}, heard_at = now()
        where id = ${importId} and state = 'storing' returning id`
    );
    if (alive.length === 0) return false;
    await tx.execute(
      sql`with given as materialized (
          select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(s integer, t integer, n integer, p smallint,
            o smallint[], score float8, raw float8, choice text, ranking smallint[], facts jsonb)),
        made as (
          insert into presentations (session_id, study_id, trial_id, position, pass, "order")
          select s, ${studyId}, t, n, p, o from given returning id, session_id, position)
        insert into responses (presentation_id, outcome, score, raw_score, choice, ranking, facts)
        select made.id, 'ok', g.score, g.raw, g.choice, g.ranking, nullif(g.facts, 'null'::jsonb)
        from made join given g on g.s = made.session_id and g.n = made.position`
    );
    return true;
  });
}

/** From here on its votes count. Call in a transaction that holds the study's row. @returns false where it is gone. */
export async function finish(tx: Db, importId: number): Promise<boolean> {
  const done = await rowsOf(
    tx,
    sql`update vote_imports set state = 'stored', stored_at = now(), heard_at = now()
      where id = ${importId} and state = 'storing' and stored = votes returning id`
  );
  if (done.length === 0) return false;
  await tx.execute(
    sql`update sessions set state = 'completed', completed_at = now() where vote_import_id = ${importId}`
  );
  return true;
}

/** Imports of a study that nobody works on any more: whoever stored them has been silent for so long. */
export async function abandoned(db: Db, studyId: number, silentMs: number): Promise<VoteImport[]> {
  return db
    .select()
    .from(voteImports)
    .where(
      and(
        eq(voteImports.studyId, studyId),
        sql`${voteImports.state} <> 'stored'`,
        sql`${voteImports.heardAt} < now() - ${silentMs} * interval '1 millisecond'`
      )
    );
}

/** From here on its votes do not count, and nobody stores more of them. */
export async function leave(db: Db, importId: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`update vote_imports set state = 'leaving', heard_at = now() where id = ${importId}`);
    await tx.execute(sql`update sessions set state = 'withdrawn' where vote_import_id = ${importId}`);
  });
}

/** Deletes some of its votes. @returns whether there may be more. */
export async function removeSome(db: Db, importId: number, limit: number): Promise<boolean> {
  const gone = await rowsOf(
    db,
    sql`delete from presentations where id in (
        select p.id from presentations p join sessions s on s.id = p.session_id
        where s.vote_import_id = ${importId} limit ${limit}) returning 1`
  );
  return gone.length === limit;
}

/** Deletes what is left of it: sittings, observers that have no others, its own row. */
export async function removeRest(db: Db, importId: number): Promise<void> {
  await db.transaction(async (tx) => {
    const gone = await rowsOf<{ id: number }>(
      tx,
      sql`delete from sessions where vote_import_id = ${importId} returning observer_id as id`
    );
    await tx.execute(
      sql`delete from observers o where id in (
          select (jsonb_array_elements_text(${JSON.stringify(gone.map(({ id }) => id))}::jsonb))::integer)
        and not exists (select 1 from sessions s where s.observer_id = o.id)`
    );
    await tx.execute(sql`delete from vote_imports where id = ${importId}`);
  });
}
