import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

/** Names of datasets that an import is filling at this moment, or was when it was cut off. */
export async function beingImported(db: Db): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`select name from datasets where state = 'importing' order by name`
  );
  return rows.map(({ name }) => name);
}

/** A picture that no stimulus is, known for longer than a day. */
const UNUSED = sql`i.created_at < now() - interval '1 day'
  and not exists (select 1 from stimuli s where s.image_sha256 = i.sha256)`;

export async function countUnusedImages(db: Db): Promise<number> {
  const [row] = await rowsOf<{ n: string }>(db, sql`select count(*) as n from images i where ${UNUSED}`);
  return Number(row?.n ?? 0);
}

/** Forgets pictures that no stimulus is, with what was made of them. @returns how many. */
export async function removeUnusedImages(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`delete from downsized_images d using images i where i.sha256 = d.source_sha256 and ${UNUSED}`
    );
    const gone = await rowsOf(tx, sql`delete from images i where ${UNUSED} returning 1`);
    return gone.length;
  });
}

/**
 * Every hash that something here refers to: stimuli and what is shown of them, smaller copies, learned models, and what
 * models were sent.
 */
export async function usedHashes(db: Db): Promise<Set<string>> {
  const rows = await rowsOf<{ sha256: string }>(
    db,
    sql`select i.sha256 from images i where not (${UNUSED})
      union select i.shown_sha256 from images i where i.shown_sha256 is not null and not (${UNUSED})
      union select d.sha256 from downsized_images d join images i on i.sha256 = d.source_sha256 where not (${UNUSED})
      union select sha256 from learned_models
      union select unnest(image_sha256) from completions
      union select unnest(image_sha256) from probe_answers`
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}
