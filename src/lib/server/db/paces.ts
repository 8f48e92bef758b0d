import { eq, sql } from 'drizzle-orm';
import { FRESH_PACE, type PaceState } from '#lib/domain/pacing/pace.ts';
import { rowsOf, type Db } from './client.ts';
import { endpointPaces } from './schema/index.ts';

const NOW = sql`(extract(epoch from clock_timestamp()) * 1000)::float8`;

/** The pace of an endpoint as it stands, and the database's clock in ms. */
export async function read(db: Db, key: string): Promise<{ state: PaceState; now: number }> {
  const [row] = await rowsOf<{ state: PaceState | null; now: number }>(
    db,
    sql`select (select ${endpointPaces.state} from ${endpointPaces} where ${endpointPaces.key} = ${key}) as state, ${NOW} as now`
  );
  return { state: row?.state ?? FRESH_PACE, now: Number(row?.now) };
}

/** Changes it under the row's lock: processes that share an endpoint come one after another. */
export async function change<T>(
  db: Db,
  key: string,
  work: (state: PaceState, now: number) => { state: PaceState; result: T }
): Promise<{ state: PaceState; now: number; result: T }> {
  return db.transaction(async (tx) => {
    const locked = async () => {
      const [row] = await tx
        .select({ state: endpointPaces.state, now: sql<number>`${NOW}` })
        .from(endpointPaces)
        .where(eq(endpointPaces.key, key))
        .for('update');
      return row;
    };
    let row = await locked();
    if (!row) {
      await tx.insert(endpointPaces).values({ key, state: FRESH_PACE }).onConflictDoNothing();
      row = await locked();
    }
    if (!row) throw new Error(`the pace of ${key} vanished`);
    const now = Number(row.now);
    const { state, result } = work(row.state, now);
    await tx.update(endpointPaces).set({ state }).where(eq(endpointPaces.key, key));
    return { state, now, result };
  });
}
