import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Scope } from '#lib/domain/token-scopes.ts';
import type { Db } from './client.ts';
import { apiTokens, researchers } from './schema/index.ts';

/** A token as lists show it: its hash stays here. */
export interface Token {
  id: number;
  name: string;
  /** Who made it; null for the lab's own command line. */
  researcher: string | null;
  scopes: Scope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const SHOWN = {
  id: apiTokens.id,
  name: apiTokens.name,
  researcher: researchers.name,
  scopes: sql<Scope[]>`${apiTokens.scopes}`,
  createdAt: apiTokens.createdAt,
  lastUsedAt: apiTokens.lastUsedAt,
  expiresAt: apiTokens.expiresAt,
  revokedAt: apiTokens.revokedAt
};

export async function create(
  db: Db,
  row: {
    name: string;
    researcherId: number | null;
    tokenHash: string;
    scopes: Scope[];
    expiresAt: Date | null;
  }
): Promise<number> {
  const [made] = await db.insert(apiTokens).values(row).returning({ id: apiTokens.id });
  return (made as { id: number }).id;
}

/** Every token there ever was, newest first. */
export async function list(db: Db): Promise<Token[]> {
  return db
    .select(SHOWN)
    .from(apiTokens)
    .leftJoin(researchers, eq(researchers.id, apiTokens.researcherId))
    .orderBy(desc(apiTokens.id));
}

export async function byId(db: Db, id: number): Promise<Token | null> {
  return (await list(db)).find((token) => token.id === id) ?? null;
}

/** By the hash of its secret: whoever looks compares nothing themselves. */
export async function byHash(db: Db, tokenHash: string): Promise<Token | null> {
  const rows = await db
    .select(SHOWN)
    .from(apiTokens)
    .leftJoin(researchers, eq(researchers.id, apiTokens.researcherId))
    .where(eq(apiTokens.tokenHash, tokenHash));
  return rows[0] ?? null;
}

/** Writes that it was used, at most once a minute. */
export async function markUsed(db: Db, id: number): Promise<void> {
  await db
    .update(apiTokens)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(apiTokens.id, id),
        sql`(${apiTokens.lastUsedAt} is null or ${apiTokens.lastUsedAt} < now() - interval '1 minute')`
      )
    );
}

/** False where it was revoked before, or never was. */
export async function revoke(db: Db, id: number): Promise<boolean> {
  const changed = await db
    .update(apiTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiTokens.id, id), isNull(apiTokens.revokedAt)))
    .returning({ id: apiTokens.id });
  return changed.length === 1;
}
