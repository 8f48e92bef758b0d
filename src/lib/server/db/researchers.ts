import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { researchers, signInLinks, signIns } from './schema/index.ts';

export type Researcher = typeof researchers.$inferSelect;

export async function any(db: Db): Promise<boolean> {
  return (await db.select({ id: researchers.id }).from(researchers).limit(1)).length > 0;
}

export async function byEmail(db: Db, email: string): Promise<Researcher | null> {
  const rows = await db
    .select()
    .from(researchers)
    .where(sql`lower(${researchers.email}) = lower(${email})`);
  return rows[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<Researcher | null> {
  return (await db.select().from(researchers).where(eq(researchers.id, id)))[0] ?? null;
}

export async function create(
  db: Db,
  row: { email: string; name: string; passwordHash: string | null }
): Promise<Researcher | null> {
  return (await db.insert(researchers).values(row).onConflictDoNothing().returning())[0] ?? null;
}

export interface ResearcherSummary {
  id: number;
  name: string;
  email: string;
  createdAt: Date;
  /** False while an invitation has not been taken up. */
  hasPassword: boolean;
  /** Browsers that are signed in now. */
  browsers: number;
}

/** Everybody with an account, in the order that they came. */
export async function list(db: Db): Promise<ResearcherSummary[]> {
  const rows = await rowsOf<Omit<ResearcherSummary, 'createdAt' | 'browsers'> & { at: string; n: string }>(
    db,
    sql`select r.id, r.name, r.email, r.created_at as at, r.password_hash is not null as "hasPassword",
      (select count(*) from sign_ins s where s.researcher_id = r.id and s.expires_at > now()) as n
      from researchers r order by r.id`
  );
  return rows.map(({ at, n, ...row }) => ({ ...row, createdAt: new Date(at), browsers: Number(n) }));
}

export async function setPerson(
  db: Db,
  id: number,
  person: { name: string; passwordHash: string }
): Promise<void> {
  await db.update(researchers).set(person).where(eq(researchers.id, id));
}

export async function setPassword(db: Db, id: number, passwordHash: string): Promise<void> {
  await db.update(researchers).set({ passwordHash }).where(eq(researchers.id, id));
}

export async function addSignIn(
  db: Db,
  row: { tokenHash: string; researcherId: number; expiresAt: Date }
): Promise<void> {
  await db.insert(signIns).values(row);
  await db.delete(signIns).where(lt(signIns.expiresAt, new Date()));
}

export async function signedIn(db: Db, tokenHash: string): Promise<Researcher | null> {
  const rows = await db
    .select({ researcher: researchers })
    .from(signIns)
    .innerJoin(researchers, eq(researchers.id, signIns.researcherId))
    .where(and(eq(signIns.tokenHash, tokenHash), gt(signIns.expiresAt, new Date())));
  return rows[0]?.researcher ?? null;
}

export async function removeSignIn(db: Db, tokenHash: string): Promise<void> {
  await db.delete(signIns).where(eq(signIns.tokenHash, tokenHash));
}

/** Every other browser of this person is signed out (after a change of password). */
export async function removeOtherSignIns(db: Db, researcherId: number, keepHash: string): Promise<void> {
  await db
    .delete(signIns)
    .where(and(eq(signIns.researcherId, researcherId), sql`${signIns.tokenHash} <> ${keepHash}`));
}

/** Every browser of this person is signed out. */
export async function removeSignIns(db: Db, researcherId: number): Promise<void> {
  await db.delete(signIns).where(eq(signIns.researcherId, researcherId));
}

/** For whom a link that can be used now was made; null for none, and for the link of a new lab. */
export async function linkHolder(db: Db, tokenHash: string): Promise<Researcher | null> {
  const rows = await db
    .select({ researcher: researchers })
    .from(signInLinks)
    .innerJoin(researchers, eq(researchers.id, signInLinks.researcherId))
    .where(
      and(
        eq(signInLinks.tokenHash, tokenHash),
        isNull(signInLinks.usedAt),
        gt(signInLinks.expiresAt, new Date())
      )
    );
  return rows[0]?.researcher ?? null;
}

/** Earlier links of a person stop working when a new one of the purpose is made. */
export async function removeLinksOf(
  db: Db,
  researcherId: number,
  purpose: 'set-up' | 'sign-in'
): Promise<void> {
  await db
    .delete(signInLinks)
    .where(and(eq(signInLinks.researcherId, researcherId), eq(signInLinks.purpose, purpose)));
}

export async function addLink(
  db: Db,
  row: { tokenHash: string; purpose: 'set-up' | 'sign-in'; researcherId: number | null; expiresAt: Date }
): Promise<void> {
  await db.insert(signInLinks).values(row);
}

/** Whether a link could be used now; looking does not use it up. */
export async function linkIsGood(db: Db, tokenHash: string, purpose: string): Promise<boolean> {
  const rows = await db
    .select({ hash: signInLinks.tokenHash })
    .from(signInLinks)
    .where(
      and(
        eq(signInLinks.tokenHash, tokenHash),
        eq(signInLinks.purpose, purpose),
        isNull(signInLinks.usedAt),
        gt(signInLinks.expiresAt, new Date())
      )
    );
  return rows.length === 1;
}

/** Uses a link up: true for exactly one caller. */
export async function useLink(
  db: Db,
  tokenHash: string,
  purpose: string
): Promise<{ researcherId: number | null } | null> {
  const rows = await db
    .update(signInLinks)
    .set({ usedAt: new Date() })
    .where(
      and(
        eq(signInLinks.tokenHash, tokenHash),
        eq(signInLinks.purpose, purpose),
        isNull(signInLinks.usedAt),
        gt(signInLinks.expiresAt, new Date())
      )
    )
    .returning({ researcherId: signInLinks.researcherId });
  return rows[0] ?? null;
}

/** Earlier set-up links stop working when a new one is printed or the lab has been set up. */
export async function removeLinks(db: Db, purpose: 'set-up' | 'sign-in'): Promise<void> {
  await db.delete(signInLinks).where(eq(signInLinks.purpose, purpose));
}
