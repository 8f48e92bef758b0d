import { spearman } from '#lib/stats/correlation.ts';
import { studentQuantile } from '#lib/stats/student-t.ts';
import type { ObserverResult, StimulusResult, StudyResults } from './study-results.ts';

/** A model beside one person of the study, each by SRCC with the same yardstick on the same stimuli. */
export interface BesideOnePerson {
  /** The dataset's MOS; where it has none, for each person the mean of the others' scores. */
  yardstick: 'MOS' | 'others';
  /** People compared with. */
  people: number;
  /** Means over the people; `model` on the stimuli that each of them judged. */
  model: number;
  person: number;
  /** model − person. */
  difference: number;
  ci95: readonly [number, number];
}

/** Of more answers than this only every k-th person is taken, at least a dozen: it is computed while a page waits. */
const MANY_ANSWERS = 12_000;
const A_DOZEN = 12;
const FEWEST_PEOPLE = 3;
/** Stimuli below which one person's rank correlation says next to nothing; references have their own least. */
const FEWEST_STIMULI = 10;
const FEWEST_IN_REFERENCE = 3;
/** Parts of the stimuli that are left out in turn. */
const PARTS = 20;
/** Of what a model answered in comparisons, for a person's own scale to be one of the same kind. */
const LEAST_SHARE = 0.8;

interface Row {
  part: number;
  pool: string;
  truth: number;
  model: number;
  person: number;
}

/**
 * How much better a model agrees with the yardstick than one person does, on average over the people, with a 95 % interval
 * over people and stimuli: difference ± t(0.975, min(R, G) − 1)·√(V_people + V_stimuli), V_people the variance of the mean
 * difference over R people, V_stimuli its delete-a-group jackknife over G = 20 groups of stimuli (over references in
 * full-reference studies, where SRCC is the mean within references; with a single one, over its stimuli: the interval is
 * then of that reference alone). The two parts overlap a little, so that the interval is rather too wide than too narrow.
 *
 * @returns why not, where fewer than three people can be compared with: `no-people`, `few-people` who answered, or
 *   `parts` where everybody compared but a part of what the model did (a scale of one's own needs all of it).
 */
export function besideOnePerson(
  { stimuli, scenario, protocol }: StudyResults,
  model: ObserverResult,
  people: readonly ObserverResult[],
  direction: 1 | -1 = 1
): BesideOnePerson | 'no-people' | 'few-people' | 'parts' | 'undefined' {
  if (people.length === 0) return 'no-people';
  if (people.length < FEWEST_PEOPLE) return 'few-people';
  const scored = protocol === 'single-stimulus';
  const whole = scored
    ? people
    : people.filter((one) => (one.outcomes['ok'] ?? 0) >= LEAST_SHARE * (model.outcomes['ok'] ?? 0));
  if (whole.length < FEWEST_PEOPLE) return 'parts';
  const yardstick = stimuli.some(({ mos }) => mos !== null) ? 'MOS' : 'others';
  if (yardstick === 'others' && !scored) return 'undefined';
  const answers = whole.reduce((sum, one) => sum + one.n, 0);
  const every = Math.max(1, Math.floor(Math.min(answers / MANY_ANSWERS, whole.length / A_DOZEN)));
  const taken = whole.filter((_, i) => i % every === 0);
  const parts = partsOf(stimuli, scenario === 'fr');
  const sums = yardstick === 'others' ? sumsOf(stimuli, people) : null;
  const rows = taken.map((person) =>
    stimuli.flatMap((stimulus, at): Row[] => {
      const [own, others] = [stimulus.values[model.observer], stimulus.values[person.observer]];
      if (!own || !others) return [];
      const truth = sums === null ? turned(stimulus.mos, direction) : meanOfOthers(sums[at], others.value);
      if (truth === null) return [];
      return [
        {
          part: parts[at] as number,
          pool: stimulus.reference ?? '',
          truth,
          model: own.value,
          person: others.value
        }
      ];
    })
  );
  const pooled = scenario === 'fr';
  const each = rows.flatMap((of) => (of.length < FEWEST_STIMULI ? [] : (differenceOf(of, pooled) ?? [])));
  if (each.length < FEWEST_PEOPLE) return 'undefined';
  const difference = mean(each.map((one) => one.model - one.person));
  const overPeople =
    each.reduce((sum, one) => sum + (one.model - one.person - difference) ** 2, 0) /
    (each.length - 1) /
    each.length;
  const without = [...new Set(parts)].flatMap((part) => {
    const left = rows.flatMap((of) => {
      const rest = of.filter((row) => row.part !== part);
      return rest.length < FEWEST_STIMULI - 1 ? [] : (differenceOf(rest, pooled) ?? []);
    });
    return left.length === 0 ? [] : [mean(left.map((one) => one.model - one.person))];
  });
  const middle = mean(without);
  if (without.length < 2) return 'undefined';
  const overStimuli =
    ((without.length - 1) / without.length) * without.reduce((sum, one) => sum + (one - middle) ** 2, 0);
  // Two or three references say little of how much others would differ: the fewer of both sorts decide.
  const freedom = Math.min(each.length, without.length) - 1;
  const half = studentQuantile(0.975, freedom) * Math.sqrt(overPeople + overStimuli);
  return {
    yardstick,
    people: each.length,
    model: mean(each.map((one) => one.model)),
    person: mean(each.map((one) => one.person)),
    difference,
    ci95: [difference - half, difference + half]
  };
}

/** Both correlations over one person's stimuli; over references the mean of those within them. */
function differenceOf(rows: readonly Row[], pooled: boolean): { model: number; person: number } | null {
  if (!pooled) return bothOf(rows);
  const pools = new Map<string, Row[]>();
  for (const row of rows) {
    const pool = pools.get(row.pool);
    if (pool) pool.push(row);
    else pools.set(row.pool, [row]);
  }
  const each = [...pools.values()].flatMap((of) =>
    of.length < FEWEST_IN_REFERENCE ? [] : (bothOf(of) ?? [])
  );
  if (each.length === 0) return null;
  return { model: mean(each.map((one) => one.model)), person: mean(each.map((one) => one.person)) };
}

function bothOf(rows: readonly Row[]): { model: number; person: number } | null {
  const truth = rows.map((row) => row.truth);
  const model = spearman(
    truth,
    rows.map((row) => row.model)
  );
  const person = spearman(
    truth,
    rows.map((row) => row.person)
  );
  return model === null || person === null ? null : { model, person };
}

/** The part of each stimulus: its reference where scales are within several, else every twentieth together. */
function partsOf(stimuli: readonly StimulusResult[], byReference: boolean): number[] {
  const references = new Map<string, number>();
  const several = new Set(stimuli.map(({ reference }) => reference)).size > 1;
  if (!byReference || !several) return stimuli.map((_, i) => i % PARTS);
  return stimuli.map(({ reference }) => {
    const key = reference ?? '';
    const known = references.get(key) ?? references.size;
    references.set(key, known);
    return known;
  });
}

function sumsOf(stimuli: readonly StimulusResult[], people: readonly ObserverResult[]) {
  return stimuli.map(({ values }) => {
    let [sum, n] = [0, 0];
    for (const { observer } of people) {
      const value = values[observer]?.value;
      if (value === undefined) continue;
      sum += value;
      n++;
    }
    return { sum, n };
  });
}

function meanOfOthers(all: { sum: number; n: number } | undefined, own: number): number | null {
  return all === undefined || all.n < 2 ? null : (all.sum - own) / (all.n - 1);
}

function turned(mos: number | null, direction: 1 | -1): number | null {
  return mos === null ? null : direction * mos;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
