import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Db } from './client.ts';
import { models } from './schema/index.ts';

export type StoredModel = typeof models.$inferSelect;
export type NewModel = typeof models.$inferInsert;

/** A registered model without its key: what pages and commands may see. */
export type Model = Omit<StoredModel, 'sealedKey'> & { hasStoredKey: boolean };

function withoutKey({ sealedKey, ...model }: StoredModel): Model {
  return { ...model, hasStoredKey: sealedKey !== null };
}

export async function list(db: Db): Promise<Model[]> {
  return (await db.select().from(models).orderBy(asc(models.name))).map(withoutKey);
}

export async function byName(db: Db, name: string): Promise<Model | null> {
  const row = (await db.select().from(models).where(eq(models.name, name)))[0];
  return row ? withoutKey(row) : null;
}

/** The encrypted key, for the one who is about to ask; null where none is stored or the model is gone. */
export async function sealedKey(db: Db, id: number): Promise<string | null> {
  const row = (await db.select({ sealed: models.sealedKey }).from(models).where(eq(models.id, id)))[0];
  return row?.sealed ?? null;
}

/** A registered model at exactly this endpoint whose key is stored; the one that was registered first. */
export async function withStoredKey(
  db: Db,
  { baseUrl, model }: { baseUrl: string; model: string }
): Promise<number | null> {
  const rows = await db
    .select({ id: models.id })
    .from(models)
    .where(and(eq(models.baseUrl, baseUrl), eq(models.model, model), isNotNull(models.sealedKey)))
    .orderBy(asc(models.id))
    .limit(1);
  return rows[0]?.id ?? null;
}

/** @returns null where the name is taken. */
export async function create(db: Db, row: NewModel): Promise<Model | null> {
  const [made] = await db.insert(models).values(row).onConflictDoNothing().returning();
  return made ? withoutKey(made) : null;
}

export async function change(db: Db, id: number, values: Partial<NewModel>): Promise<void> {
  if (Object.keys(values).length > 0) await db.update(models).set(values).where(eq(models.id, id));
}

export async function remove(db: Db, id: number): Promise<void> {
  await db.delete(models).where(eq(models.id, id));
}
