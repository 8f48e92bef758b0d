import { asc, eq } from 'drizzle-orm';
import type { Db } from './client.ts';
import { learnedModels } from './schema/index.ts';

export type LearnedModel = typeof learnedModels.$inferSelect;

export async function byName(db: Db, name: string): Promise<LearnedModel | null> {
  return (await db.select().from(learnedModels).where(eq(learnedModels.name, name)))[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<LearnedModel | null> {
  return (await db.select().from(learnedModels).where(eq(learnedModels.id, id)))[0] ?? null;
}

export async function list(db: Db): Promise<LearnedModel[]> {
  return db.select().from(learnedModels).orderBy(asc(learnedModels.id));
}

/** @returns null where the name is taken. */
export async function create(db: Db, row: typeof learnedModels.$inferInsert): Promise<LearnedModel | null> {
  return (await db.insert(learnedModels).values(row).onConflictDoNothing().returning())[0] ?? null;
}

export async function remove(db: Db, id: number): Promise<void> {
  await db.delete(learnedModels).where(eq(learnedModels.id, id));
}
