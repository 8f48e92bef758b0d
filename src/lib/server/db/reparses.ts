import { desc, eq, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { reparses, responseChanges, responses } from './schema/index.ts';

export type Reparse = typeof reparses.$inferSelect;

/** A response that came from a completion, with that completion. */
export interface ParsedRow {
  presentationId: number;
  position: number;
  outcome: string;
  score: number | null;
  rawScore: number | null;
  choice: string | null;
  ranking: number[] | null;
  facts: unknown;
  parserVersion: number | null;
  reason: string | null;
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  logprobs: unknown;
}

/** The next of a run's responses that came from completions, after a presentation. */
export async function after(
  db: Db,
  sessionId: number,
  presentationId: number,
  limit: number
): Promise<ParsedRow[]> {
  return rowsOf<ParsedRow>(
    db,
    sql`select p.id::float8 as "presentationId", p.position, r.outcome, r.score, r.raw_score as "rawScore", r.choice,
      r.ranking, r.facts, r.parser_version as "parserVersion", r.reason,
      c.content, c.refusal, c.finish_reason as "finishReason", c.logprobs
      from presentations p join responses r on r.presentation_id = p.id join completions c on c.id = r.completion_id
      where p.session_id = ${sessionId} and p.id > ${presentationId} order by p.id limit ${limit}`
  );
}

export async function begin(
  db: Db,
  row: { sessionId: number; parserVersion: number; checked: number; changed: number }
): Promise<number> {
  const [made] = await db.insert(reparses).values(row).returning({ id: reparses.id });
  return (made as { id: number }).id;
}

/** Writes the new reading over the old, and keeps both. */
export async function change(
  db: Db,
  reparseId: number,
  presentationId: number,
  before: unknown,
  after: Partial<typeof responses.$inferInsert>
): Promise<void> {
  await db.insert(responseChanges).values({ reparseId, presentationId, before, after });
  await db.update(responses).set(after).where(eq(responses.presentationId, presentationId));
}

/** Every response of a run that came from a completion now stands as this version reads it. */
export async function stampVersion(db: Db, sessionId: number, version: number): Promise<void> {
  await db.execute(
    sql`update responses set parser_version = ${version}
      where completion_id is not null and parser_version is distinct from ${version}
        and presentation_id in (select id from presentations where session_id = ${sessionId})`
  );
}

/** The times that a run was parsed again, newest first. */
export async function ofRun(db: Db, sessionId: number): Promise<Reparse[]> {
  return db.select().from(reparses).where(eq(reparses.sessionId, sessionId)).orderBy(desc(reparses.id));
}
