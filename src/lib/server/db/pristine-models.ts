import { asc, eq } from 'drizzle-orm';
import type { Db } from './client.ts';
import { pristineModels } from './schema/index.ts';

export type PristineModelRow = typeof pristineModels.$inferSelect;

export async function byName(db: Db, name: string): Promise<PristineModelRow | null> {
  return (await db.select().from(pristineModels).where(eq(pristineModels.name, name)))[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<PristineModelRow | null> {
  return (await db.select().from(pristineModels).where(eq(pristineModels.id, id)))[0] ?? null;
}

export async function list(db: Db): Promise<Omit<PristineModelRow, 'model'>[]> {
  const { id, name, sha256, provenance, createdAt } = pristineModels;
  return db.select({ id, name, sha256, provenance, createdAt }).from(pristineModels).orderBy(asc(id));
}

/** @returns null where the name is taken. */
export async function create(
  db: Db,
  row: typeof pristineModels.$inferInsert
): Promise<PristineModelRow | null> {
  return (await db.insert(pristineModels).values(row).onConflictDoNothing().returning())[0] ?? null;
}
