import type { StudyAgreement } from '../results/agreement-report.ts';
import type { AnswerCounts } from '../results/answer-counts.ts';
import { isRun, isSitting } from '../results/headline.ts';
import {
  PEOPLE,
  SIMULATED_PEOPLE,
  type ObserverResult,
  type StudyResults
} from '../results/study-results.ts';

/** What a study's plots are drawn from: the documents that its pages have. */
export interface PlotInput {
  results: StudyResults;
  /** 1 where a high MOS is good, else −1: plots turn it. */
  direction: 1 | -1;
  /** Whether nobody real is behind the dataset's MOS and σ. */
  simulatedDataset: boolean;
  counts: AnswerCounts;
  /** The slow figures of the answers as they are now; null until they were asked for. */
  agreement: StudyAgreement | null;
  /** Whose plot, by name: people pooled, a run, a sitting. */
  observer: string;
}

export const NOT_COMPUTED =
  'the intervals, ceilings and curves of Agreement have not been computed for the answers as they are now';

export function observerOf({
  results,
  observer
}: Pick<PlotInput, 'results' | 'observer'>): ObserverResult | null {
  return results.observers.find((one) => one.observer === observer) ?? null;
}

/** The study's own people pooled: real ones where they have answered, else simulated ones. */
export function peopleOf(results: StudyResults): ObserverResult | null {
  const named = (name: string) => results.observers.find((one) => one.observer === name && one.n > 0);
  return (
    named(PEOPLE) ?? named(SIMULATED_PEOPLE) ?? results.observers.find((one) => one.kind === 'people') ?? null
  );
}

/** Whom plots are of unless somebody is asked for: the first run with a figure, else whoever there is. */
export function firstObserver(results: StudyResults): string | null {
  const runs = results.observers.filter((one) => isRun(one) && one.control === null);
  return (
    (runs.find((one) => one.n > 1) ?? runs[0] ?? peopleOf(results) ?? results.observers[0])?.observer ?? null
  );
}

export function toneOf(one: Pick<ObserverResult, 'kind' | 'strategy'>): 'people' | 'model' {
  return one.kind === 'people' || one.kind === 'rater' || (one.kind === 'synthetic' && one.strategy === null)
    ? 'people'
    : 'model';
}

/** A run or people together: who can stand in a plot of several. */
export function together(results: StudyResults): ObserverResult[] {
  return results.observers.filter((one) => !isSitting(one));
}

/** A sentence for each who is simulated, so that no plot of them goes out without it. */
export function simulatedNotes(...of: (Pick<ObserverResult, 'observer' | 'simulated'> | null)[]): string[] {
  const names = of.flatMap((one) => (one?.simulated ? [one.observer] : []));
  return names.length === 0 ? [] : [`Simulated: ${[...new Set(names)].join(', ')}.`];
}
