import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

/** How many trials of each role a study has. */
export async function trialsByRole(db: Db, studyId: number): Promise<Record<string, number>> {
  const rows = await rowsOf<{ role: string; n: string }>(
    db,
    sql`select role, count(*) as n from trials where study_id = ${studyId} group by role order by role`
  );
  return Object.fromEntries(rows.map(({ role, n }) => [role, Number(n)]));
}

/** Stimuli that test trials judge. */
export async function stimulusCount(db: Db, studyId: number): Promise<number> {
  const [row] = await rowsOf<{ n: string }>(
    db,
    sql`select count(distinct ts.stimulus_id) as n from trial_stimuli ts join trials t on t.id = ts.trial_id
      where t.study_id = ${studyId} and t.role = 'test'`
  );
  return Number(row?.n ?? 0);
}

/** By which kinds of links people came, with how many sat; no token and no name. */
export async function recruitment(db: Db, studyId: number): Promise<string[]> {
  const rows = await rowsOf<{ kind: string; service: string | null; n: string }>(
    db,
    sql`select i.kind, i.recruitment->>'service' as service, count(*) as n from sessions s
      join invitations i on i.id = s.invitation_id where s.study_id = ${studyId} group by 1, 2 order by 1, 2`
  );
  return rows.map(
    ({ kind, service, n }) =>
      `${n} by ${kind === 'open' ? 'an open' : 'a personal'} link${service === null ? '' : ` (${service})`}`
  );
}

export async function importedCount(db: Db, studyId: number): Promise<number> {
  const [row] = await rowsOf<{ n: string }>(
    db,
    sql`select count(*) as n from sessions where study_id = ${studyId} and door = 'import' and state <> 'withdrawn'`
  );
  return Number(row?.n ?? 0);
}

/** The prompts that each run sent, with their versions and hashes, by session. */
export async function promptsOf(db: Db, studyId: number): Promise<Map<number, string[]>> {
  const rows = await rowsOf<{ session: number; id: string; version: number; sha256: string }>(
    db,
    sql`select distinct p.session_id as session, t.prompt_id as id, t.prompt_version as version, t.sha256
      from presentations p join completions c on c.presentation_id = p.id join prompt_texts t on t.sha256 = c.prompt_sha256
      where p.study_id = ${studyId} order by 1, 2, 3`
  );
  const found = new Map<number, string[]>();
  for (const { session, id, version, sha256 } of rows)
    found.set(session, [...(found.get(session) ?? []), `${id} v${version} (${sha256.slice(0, 8)})`]);
  return found;
}
