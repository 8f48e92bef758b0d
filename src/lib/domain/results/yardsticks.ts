import { spearmanInterval } from '#lib/stats/intervals.ts';
import type { Bounds } from '#lib/stats/bootstrap.ts';
import type { StudyAgreement } from './agreement-report.ts';
import { chanceFloor } from './chance-floor.ts';
import { medianPerson, type MedianPerson } from './median-person.ts';
import type { ObserverResult, StudyResults } from './study-results.ts';

/** What stands beside an observer's SRCC in every table. */
export interface Beside {
  ci95: Bounds | null;
  /** How the interval was made; null without one. */
  interval: 'resampled' | 'bonett-wright' | null;
  /** The same answers through the published pipeline, which knows the MOS alone. */
  paperFaithful: number | null;
}

export interface Yardsticks {
  person: MedianPerson | null;
  /** Below this |SRCC| stays in 95 % of cases when answers have nothing to do with the pictures. */
  chance: number | null;
  of(observer: ObserverResult, truth: 'mos' | 'people'): Beside;
}

/**
 * What a study's figures are read beside: one person, chance, the published pipeline, and intervals.
 *
 * @param agreement of the answers as they are now; without it there is no published pipeline, and intervals only where a
 *   formula gives them (one scale of all stimuli).
 */
export function yardsticksOf(results: StudyResults, agreement: StudyAgreement | null): Yardsticks {
  const models = new Map((agreement?.models ?? []).map((one) => [one.sessionId, one]));
  return {
    person: medianPerson(results),
    chance: chanceFloor(results).srcc95,
    of(observer, truth) {
      const figures = truth === 'mos' ? observer : observer.againstRaters;
      const model = observer.sessionId === null ? undefined : models.get(observer.sessionId);
      const people = agreement?.people.value;
      const together = people?.observer === observer.observer ? people : undefined;
      const pair = truth === 'mos' ? (model ?? together)?.againstMos : model?.againstPeople;
      const resampled = pair?.srcc.value?.shown ?? null;
      const byFormula =
        observer.references === null && figures !== null && figures.srcc !== null
          ? spearmanInterval(figures.srcc, figures.n)
          : null;
      return {
        ci95: resampled ?? byFormula,
        interval: resampled !== null ? 'resampled' : byFormula !== null ? 'bonett-wright' : null,
        paperFaithful: (truth === 'mos' ? model?.pipelines.value?.paperFaithful.srcc : null) ?? null
      };
    }
  };
}
