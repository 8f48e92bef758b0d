import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';

export interface DatabaseFacts {
  version: string;
  bytes: number | null;
  pictures: number;
  pictureBytes: number;
  responses: number;
}

/** The database's version and size, and the weight of what it names. */
export async function read(db: Db): Promise<DatabaseFacts> {
  const [row] = await rowsOf<{
    version: string;
    bytes: string;
    pictures: string;
    weight: string;
    responses: string;
  }>(
    db,
    sql`select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
      (select count(*) from images) as pictures, (select coalesce(sum(byte_length), 0) from images) as weight,
      (select count(*) from responses) as responses`
  );
  return {
    version: row?.version ?? '',
    bytes: row?.bytes === undefined ? null : Number(row.bytes),
    pictures: Number(row?.pictures ?? 0),
    pictureBytes: Number(row?.weight ?? 0),
    responses: Number(row?.responses ?? 0)
  };
}
