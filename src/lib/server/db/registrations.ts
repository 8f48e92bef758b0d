import { eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { preregistrations, unblindings } from './schema/index.ts';

export type Preregistration = typeof preregistrations.$inferSelect;
export type Unblinding = typeof unblindings.$inferSelect;

export async function ofStudy(db: Db, studyId: number): Promise<Preregistration | null> {
  const [row] = await db.select().from(preregistrations).where(eq(preregistrations.studyId, studyId));
  return row ?? null;
}

/** @returns false when the study has one, which stays. */
export async function insert(db: Db, row: typeof preregistrations.$inferInsert): Promise<boolean> {
  return (await db.insert(preregistrations).values(row).onConflictDoNothing().returning()).length > 0;
}

export async function unblindingOf(db: Db, studyId: number): Promise<Unblinding | null> {
  const [row] = await db.select().from(unblindings).where(eq(unblindings.studyId, studyId));
  return row ?? null;
}

/** Puts down the first look at what people answered, where people have answered; a later one changes nothing. */
export async function keepLook(
  db: Db,
  studyId: number,
  look: { by: string | null; what: string }
): Promise<boolean> {
  const kept = await rowsOf(
    db,
    sql`insert into unblindings (study_id, by, what) select ${studyId}, ${look.by}, ${look.what}
      where exists (select 1 from sessions s where s.study_id = ${studyId} and s.door <> 'model' and s.state <> 'withdrawn'
        and exists (select 1 from presentations p join responses r on r.presentation_id = p.id where p.session_id = s.id))
      on conflict do nothing returning study_id`
  );
  return kept.length > 0;
}

/** Stores what came with a bundle. */
export async function insertUnblinding(db: Db, row: typeof unblindings.$inferInsert): Promise<void> {
  await db.insert(unblindings).values(row).onConflictDoNothing();
}

export interface Happened {
  runs: { observer: string; model: string; startedAt: string | Date; control: boolean }[];
  sittings: { startedAt: string | Date; state: string }[];
  withdrawn: { observer: string; at: string | Date | null }[];
  imports: { file: string; at: string | Date }[];
}

/** Who was added to a study or taken out of it, and when. */
export async function happened(db: Db, studyId: number): Promise<Happened> {
  return {
    runs: await rowsOf(
      db,
      sql`select o.name as observer, m.model, s.started_at as "startedAt", m.control is not null as control
        from sessions s join observers o on o.id = s.observer_id join runs m on m.session_id = s.id
        where s.study_id = ${studyId} and s.state <> 'withdrawn' order by s.id`
    ),
    sittings: await rowsOf(
      db,
      sql`select started_at as "startedAt", state from sessions
        where study_id = ${studyId} and door = 'page' and state <> 'withdrawn' order by id`
    ),
    withdrawn: await rowsOf(
      db,
      sql`select o.name as observer, s.withdrawn_at as at from sessions s join observers o on o.id = s.observer_id
        where s.study_id = ${studyId} and s.state = 'withdrawn' and s.door = 'page' order by s.id`
    ),
    imports: await rowsOf(
      db,
      sql`select s.imported->>'file' as file, min(s.started_at) as at from sessions s
        where s.study_id = ${studyId} and s.door = 'import' and s.state <> 'withdrawn' group by 1 order by 1`
    )
  };
}
