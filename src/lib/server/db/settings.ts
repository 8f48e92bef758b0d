import { eq } from 'drizzle-orm';
import type { Db } from './client.ts';
import { labSettings } from './schema/index.ts';

export async function get(db: Db, key: string): Promise<string | null> {
  return (await db.select().from(labSettings).where(eq(labSettings.key, key)))[0]?.value ?? null;
}

/** What is stored under the key, or `value` stored now: whichever process came first decides. */
export async function getOrCreate(db: Db, key: string, value: string, secret: boolean): Promise<string> {
  await db.insert(labSettings).values({ key, value, secret }).onConflictDoNothing();
  return (await get(db, key)) as string;
}

export async function set(db: Db, key: string, value: string): Promise<void> {
  await db
    .insert(labSettings)
    .values({ key, value })
    .onConflictDoUpdate({ target: labSettings.key, set: { value } });
}
