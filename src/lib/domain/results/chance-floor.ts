import { chanceCorrelation } from '#lib/stats/intervals.ts';
import { normalQuantile } from '#lib/stats/normal.ts';
import type { ObserverResult, StudyResults } from './study-results.ts';

export interface ChanceFloor {
  /** Below this |SRCC| stays in 95 % of cases when the answers have nothing to do with the pictures; null: too few. */
  srcc95: number | null;
  /** Stimuli with a MOS. */
  stimuli: number;
  /** In full-reference studies, over whose mean the figures go. */
  references: number | null;
  /** The controls that were run, with what they reached. */
  controls: Pick<ObserverResult, 'observer' | 'control' | 'sessionId' | 'srcc' | 'plcc' | 'n'>[];
}

/**
 * The noise floor of a study's figures, at once: in theory (Student's t for one scale of n stimuli; z·√(mean 1/(n − 1)
 * / pools) for a mean over references, see `noise-floor`), and as the controls found it.
 */
export function chanceFloor({ observers, scenario, stimuli }: StudyResults): ChanceFloor {
  const sizes = new Map<string, number>();
  for (const { mos, reference } of stimuli) {
    if (mos === null) continue;
    const pool = scenario === 'fr' ? (reference ?? '') : '';
    sizes.set(pool, (sizes.get(pool) ?? 0) + 1);
  }
  return {
    srcc95: chanceBound([...sizes.values()]),
    stimuli: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    references: scenario === 'fr' ? sizes.size : null,
    controls: observers
      .filter(({ control }) => control !== null)
      .map(({ observer, control, sessionId, srcc, plcc, n }) => ({
        observer,
        control,
        sessionId,
        srcc,
        plcc,
        n
      }))
  };
}

/** The two-sided 95 % bound of the mean |SRCC| over pools of these sizes, under no association; null: none is usable. */
export function chanceBound(sizes: readonly number[]): number | null {
  if (sizes.length === 1) return chanceCorrelation(sizes[0] ?? 0);
  const usable = sizes.filter((size) => size >= 2);
  if (usable.length === 0) return null;
  const variance = usable.reduce((sum, size) => sum + 1 / (size - 1), 0) / usable.length ** 2;
  return Math.min(1, normalQuantile(0.975) * Math.sqrt(variance));
}
