import type { ObserverValue } from './observer-values.ts';
import { isRun } from './headline.ts';
import { PEOPLE, SIMULATED_PEOPLE, type ObserverResult, type StudyResults } from './study-results.ts';

export interface SideBySide {
  people: ObserverResult;
  model: ObserverResult;
  /** From the best to the worst in people's eyes. */
  stimuli: {
    stimulus: string;
    sha256: string;
    people: ObserverValue;
    model: ObserverValue;
  }[];
}

/**
 * A few stimuli with what people and a model said of them: evenly over the rank of people's values, so that good and bad
 * ones are among them. People are the real ones where there are any; the model is the run that agrees with them best.
 *
 * @returns null while either side has said nothing, or fewer than two stimuli have both.
 */
export function sideBySide(results: StudyResults, count: number): SideBySide | null {
  const sat = (name: string) =>
    results.observers.find((one) => one.observer === name && one.stimuli > 0) ?? null;
  const people = sat(PEOPLE) ?? sat(SIMULATED_PEOPLE);
  const model = results.observers
    .filter((one) => isRun(one) && one.stimuli > 0)
    .reduce<ObserverResult | null>(
      (best, one) => (best === null || (one.srcc ?? -2) > (best.srcc ?? -2) ? one : best),
      null
    );
  if (people === null || model === null) return null;
  const both = results.stimuli.flatMap(({ stimulus, sha256, values }) => {
    const theirs = values[people.observer];
    const its = values[model.observer];
    return theirs && its ? [{ stimulus, sha256, people: theirs, model: its }] : [];
  });
  if (both.length < 2) return null;
  both.sort((a, b) => b.people.value - a.people.value);
  const wanted = Math.min(count, both.length);
  const stimuli = Array.from(
    { length: wanted },
    (_, k) => both[Math.round((k * (both.length - 1)) / Math.max(1, wanted - 1))] as (typeof both)[number]
  );
  return { people, model, stimuli };
}
