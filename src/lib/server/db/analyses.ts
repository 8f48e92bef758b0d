import { eq } from 'drizzle-orm';
import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import type { Db } from './client.ts';
import { analyses } from './schema/index.ts';

/** The last agreement of a study that was computed, and what from. */
export async function ofStudy(
  db: Db,
  studyId: number
): Promise<{ key: string; result: StudyAgreement } | null> {
  const [row] = await db
    .select({ key: analyses.key, result: analyses.result })
    .from(analyses)
    .where(eq(analyses.studyId, studyId));
  return row ?? null;
}

/** Keeps it in place of the one before. */
export async function keep(db: Db, studyId: number, key: string, result: StudyAgreement): Promise<void> {
  const fresh = { key, result, computedAt: new Date() };
  await db
    .insert(analyses)
    .values({ studyId, ...fresh })
    .onConflictDoUpdate({ target: analyses.studyId, set: fresh });
}

export async function forget(db: Db, studyId: number): Promise<void> {
  await db.delete(analyses).where(eq(analyses.studyId, studyId));
}
