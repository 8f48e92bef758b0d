import { eq, sql } from 'drizzle-orm';
import type { Db } from './client.ts';
import { observers } from './schema/index.ts';

export type Observer = typeof observers.$inferSelect;

/**
 * A new observer; where `name` holds "#", its number takes that place, and a little more where an imported observer has
 * that name already.
 */
export async function create(db: Db, kind: string, name: string): Promise<Observer> {
  const [row] = await db
    .insert(observers)
    .values({ kind, name: sql`${`${name} `} || gen_random_uuid()` })
    .returning();
  const made = row as Observer;
  const wanted = name.replace('#', String(made.id));
  const [taken] = await db.select({ id: observers.id }).from(observers).where(eq(observers.name, wanted));
  const [named] = await db
    .update(observers)
    .set({ name: taken ? sql`${`${wanted}-`} || left(gen_random_uuid()::text, 4)` : wanted })
    .where(eq(observers.id, made.id))
    .returning();
  return named as Observer;
}

export async function findOrCreate(db: Db, kind: string, name: string): Promise<Observer> {
  await db.insert(observers).values({ kind, name }).onConflictDoNothing();
  const rows = await db.select().from(observers).where(eq(observers.name, name));
  return rows[0] as Observer;
}

export async function byId(db: Db, id: number): Promise<Observer | null> {
  return (await db.select().from(observers).where(eq(observers.id, id)))[0] ?? null;
}

export async function setKind(db: Db, observerId: number, kind: string): Promise<void> {
  await db.update(observers).set({ kind }).where(eq(observers.id, observerId));
}
