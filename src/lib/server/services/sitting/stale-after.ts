import type { StudyDesign } from '#lib/domain/study.ts';

const HOUR_MS = 60 * 60_000;

/**
 * A sitting that was not seen for this long gives its unanswered places back: an hour, or as long as the study lets people
 * come back. Whoever comes back later than that, where they may, still has their own places.
 */
export function staleAfterMs(design: Pick<StudyDesign, 'sitting'>): number {
  const minutes = design.sitting?.resume?.withinMinutes;
  return minutes === undefined ? HOUR_MS : minutes * 60_000;
}
