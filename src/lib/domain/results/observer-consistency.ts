import { kendall } from '#lib/stats/correlation.ts';
import { meanInterval } from '#lib/stats/intervals.ts';
import { positionBias, type PositionBias } from '../agreement/position-bias.ts';
import { retestChoices, retestScores } from '../agreement/test-retest.ts';
import { transitivity, type Transitivity } from '../agreement/transitivity.ts';
import type { Random } from '#lib/stats/random.ts';
import type { Retest } from './agreement-report.ts';
import { missing, orMissing, type Finding } from './finding.ts';
import { answeredTwice, swappedPairs, votesIn, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import type { ValueSpace, WeightedValues } from './weighted-values.ts';

/** From the pairs that an observer (or each of a group) saw in both orders. */
export function positionBiasOf(sittings: readonly Sitting[], record: StudyRecord): Finding<PositionBias> {
  if (record.study.design.protocol !== 'double-stimulus') {
    return missing('position bias is defined where two stimuli stand side by side');
  }
  return orMissing(positionBias(sittings.flatMap(swappedPairs)), 'no pair was shown in both orders');
}

/** From trials that were answered twice: hidden repeats of people, repeats and swapped orders of models. */
export function retestOf(
  sittings: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace
): Finding<Retest> {
  const twice = sittings.flatMap(answeredTwice);
  const why = 'no trial was answered twice';
  if (twice.length === 0) return missing(why);
  switch (record.study.design.protocol) {
    case 'single-stimulus': {
      const pairs = twice.flatMap(({ test, retest }): [number, number][] =>
        test.score === null || retest.score === null ? [] : [[test.score, retest.score]]
      );
      const scores = retestScores(pairs);
      return orMissing(scores && { kind: 'scores', ...scores }, why);
    }
    case 'double-stimulus': {
      const choices = retestChoices(
        twice.flatMap(({ trialId, test, retest }): [string, string][] => {
          const stimuli = space.trials.get(trialId)?.stimuli ?? [];
          const [first, again] = [test, retest].map((answer) => votesIn(answer, record, stimuli)[0]?.choice);
          return first === undefined || again === undefined ? [] : [[first, again]];
        })
      );
      return orMissing(choices && { kind: 'choices', ...choices }, why);
    }
    case 'multiple-stimulus':
      return orMissing(retestRankings(twice), 'no group was ranked twice with any order in it');
  }
}

function retestRankings(twice: ReturnType<typeof answeredTwice>): Retest | null {
  const taus = twice.flatMap(({ test, retest }) => {
    if (test.ranking === null || retest.ranking === null) return [];
    const tau = kendall(inTrialOrder(test.ranking, test.order), inTrialOrder(retest.ranking, retest.order));
    return tau === null ? [] : [tau];
  });
  const n = taus.length;
  if (n === 0) return null;
  const tau = taus.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(taus.reduce((sum, value) => sum + (value - tau) ** 2, 0) / (n - 1));
  return { kind: 'rankings', n, tau, ci95: n > 1 ? meanInterval(tau, sd, n) : null };
}

function inTrialOrder(shown: readonly number[], order: readonly number[]): number[] {
  const ranks = new Array<number>(shown.length).fill(0);
  order.forEach((slot, place) => (ranks[slot] = shown[place] as number));
  return ranks;
}

/** Circular triads against what the fitted scale itself makes by its noise. */
export function transitivityOf(values: WeightedValues, random: Random): Finding<Transitivity> {
  const table = values.votes();
  if (table === null)
    return missing('scores have an order by themselves: there is nothing to go round in circles');
  if (table.nVotes === 0) return missing('there are no votes');
  const scale = values.values().map((value) => (Number.isNaN(value) ? 0 : value));
  const result = transitivity(table, { scale, random, simulations: 200 });
  return result.triads === 0
    ? missing('no three stimuli were compared all round')
    : { value: result, why: null };
}
