import type { Random } from '#lib/stats/random.ts';
import { choiceOfGrade } from '../protocols/double-stimulus.ts';
import { denseRanks, type Answer } from '../response.ts';
import { gradesOf, gradeToHundred, MOST_CCR_GRADE } from '../scales.ts';
import { stimuliPerTrial, type Protocol, type StudyDesign } from '../study.ts';

/** A simulated observer of known parameters, all in points of the 0–100 quality scale. Always labelled as such. */
export interface SyntheticObserver {
  /** Added to every score; a comparison does not feel it. */
  bias: number;
  /** SD of the normal noise on each perceived quality, drawn afresh each time: the observer's inconsistency. */
  sigma: number;
  /** Probability of answering without looking. */
  lapse: number;
  /** Added to the perceived quality in the first slot where several are shown; negative favours the others. */
  sideBias: number;
  /** Perceived qualities closer than this are called the same, where the study allows ties. */
  sameWithin: number;
}

/** Sees exactly what is there. */
export const IDEAL_OBSERVER: SyntheticObserver = { bias: 0, sigma: 0, lapse: 0, sideBias: 0, sameWithin: 0 };

/** Answers at random: the noise floor of every figure. */
export const RANDOM_OBSERVER: SyntheticObserver = { bias: 0, sigma: 0, lapse: 1, sideBias: 0, sameWithin: 0 };

/**
 * One answer about the slots as shown. Perceived quality is quality + N(0, σ²).
 *
 * - single: perceived + bias, rounded to whole points and held to 0–100 (which pulls the extremes inwards); on ACR and
 *   DCR the nearest grade.
 * - double: Thurstone's Case V with a side bias, P(first) = Φ((q₁ − q₂ + s)/(√2·σ)); `same` within `sameWithin`.
 * - CCR: 0 within `sameWithin`, else one grade for every begun 20 points of difference, 3 at the most.
 * - multiple: the order of the perceived qualities; neighbours within `sameWithin` of the lowest of their group tie.
 * - a lapse: any whole score (or grade), either side, any order, all equally likely; never a tie.
 *
 * @param qualities true quality per slot as shown, 0–100, higher is better.
 * @throws when their number is not the protocol's.
 */
export function syntheticAnswer(
  protocol: Protocol,
  qualities: readonly number[],
  observer: SyntheticObserver,
  design: Pick<StudyDesign, 'scale' | 'allowTies' | 'groupSize'>,
  random: Random
): Answer {
  const expected = stimuliPerTrial({ protocol, groupSize: design.groupSize });
  if (qualities.length !== expected) {
    throw new Error(`a ${protocol} trial has ${expected} qualities, not ${qualities.length}`);
  }
  const lapses = random.uniform() < observer.lapse;
  if (protocol === 'single-stimulus') {
    const [quality = 0] = qualities;
    const perceived = quality + observer.bias + observer.sigma * random.normal();
    const grades = gradesOf(design.scale);
    if (grades !== null) {
      const nearest = Math.round((perceived * (grades - 1)) / 100) + 1;
      const grade = lapses ? 1 + random.integer(grades) : Math.min(grades, Math.max(1, nearest));
      return { kind: 'score', score: gradeToHundred(grade, grades), raw: grade };
    }
    const score = lapses ? random.integer(101) : Math.min(100, Math.max(0, Math.round(perceived)));
    return { kind: 'score', score, raw: score };
  }
  const perceived = qualities.map((quality, slot) =>
    lapses
      ? random.uniform()
      : quality + (slot === 0 ? observer.sideBias : 0) + observer.sigma * random.normal()
  );
  if (protocol === 'double-stimulus' && design.scale === 'ccr-7') {
    const grade = lapses
      ? random.integer(2 * MOST_CCR_GRADE + 1) - MOST_CCR_GRADE
      : gradedDifference((perceived[1] ?? 0) - (perceived[0] ?? 0), observer.sameWithin);
    return { kind: 'choice', choice: choiceOfGrade(grade), grade };
  }
  const levels = levelled(perceived, design.allowTies && !lapses ? observer.sameWithin : null, random);
  if (protocol === 'multiple-stimulus') return { kind: 'ranking', ranks: denseRanks(levels) };
  const [first = 0, second = 0] = levels;
  return { kind: 'choice', choice: first > second ? 'first' : first < second ? 'second' : 'same' };
}

function gradedDifference(difference: number, sameWithin: number): number {
  if (Math.abs(difference) <= sameWithin) return 0;
  return Math.sign(difference) * Math.min(MOST_CCR_GRADE, Math.ceil(Math.abs(difference) / 20));
}

/**
 * A level per slot: equal for those within `tolerance` of the lowest of their group; with null, exact equals are
 * parted by lot, since a study without ties wants an order.
 */
function levelled(perceived: readonly number[], tolerance: number | null, random: Random): number[] {
  const order = perceived
    .map((value, slot) => ({ value, slot, lot: random.uniform() }))
    .sort((a, b) => a.value - b.value || a.lot - b.lot);
  const levels = new Array<number>(perceived.length).fill(0);
  let level = 0;
  let lowest = order[0]?.value ?? 0;
  order.forEach(({ value, slot }, place) => {
    if (place > 0 && (tolerance === null || value - lowest > tolerance)) {
      level++;
      lowest = value;
    }
    levels[slot] = level;
  });
  return levels;
}
