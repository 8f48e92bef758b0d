import type { Figures } from './agreement-figures.ts';
import { isSitting } from './headline.ts';
import type { StudyResults } from './study-results.ts';

/** What one person's own answers reach, in the middle of those who sat the study: the human value beside every table. */
export interface MedianPerson extends Omit<Figures, 'n'> {
  people: number;
  simulated: boolean;
}

const FEWEST_PEOPLE = 3;
const KEYS = ['srcc', 'krcc', 'plccRaw', 'plcc', 'rmse', 'sigmaNormalisedError'] as const;

/** Medians of each figure over single sittings; real people where there are any. @returns null below three. */
export function medianPerson({ observers }: Pick<StudyResults, 'observers'>): MedianPerson | null {
  const sittings = observers.filter((one) => isSitting(one) && one.srcc !== null);
  const real = sittings.filter(({ simulated }) => !simulated);
  const people = real.length > 0 ? real : sittings;
  if (people.length < FEWEST_PEOPLE) return null;
  const figures = Object.fromEntries(
    KEYS.map((key) => [key, median(people.flatMap((one) => one[key] ?? []))])
  ) as Record<(typeof KEYS)[number], number | null>;
  return { ...figures, people: people.length, simulated: real.length === 0 };
}

function median(values: readonly number[]): number | null {
  if (values.length < FEWEST_PEOPLE) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half)
    ? ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
    : (sorted[Math.floor(half)] as number);
}
