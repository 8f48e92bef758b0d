import { fitPsychometric, type PsychometricFit } from '../agreement/psychometric.ts';
import type { PairAnswers } from '../agreement/psychometric-likelihood.ts';
import { found, missing, type Finding } from './finding.ts';
import { votesAsShown, votesIn, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import type { ValueSpace } from './weighted-values.ts';

export const SCORES = 'the study asks for scores: there are no pairs';

/** Per stimulus id its MOS turned so that higher is better. */
export function truthOf(record: StudyRecord): Map<number, number> {
  return new Map(
    record.stimuli.flatMap(({ id, mos }): [number, number][] =>
      mos === null ? [] : [[id, record.mosDirection * mos]]
    )
  );
}

/**
 * P(first) over the difference of MOS of what stood first and what stood second, all answers of the sittings pooled.
 * Answers hang together: the six comparisons of one ranking, the answers to one trial, and of several sittings those
 * of one person. Intervals are cluster-robust for both, by trial and by sitting, whichever is wider.
 *
 * @param trials only these, so that two observers can be held to the same pairs.
 */
export function psychometricOf(
  sittings: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace,
  trials: (trialId: number) => boolean = () => true
): Finding<PsychometricFit> {
  if (record.study.design.protocol === 'single-stimulus') return missing(SCORES);
  const truth = truthOf(record);
  const answers: PairAnswers[] = [];
  for (const [sitting, { byTrial }] of sittings.entries()) {
    for (const [trialId, given] of byTrial) {
      const stimuli = space.trials.get(trialId)?.stimuli;
      if (!stimuli || !trials(trialId)) continue;
      const clusters = sittings.length > 1 ? [trialId, sitting] : [trialId];
      for (const answer of given) {
        for (const { first, second, choice } of votesAsShown(answer, record, stimuli)) {
          const [a, b] = [truth.get(first), truth.get(second)];
          if (a !== undefined && b !== undefined) answers.push({ delta: a - b, choice, clusters });
        }
      }
    }
  }
  if (answers.length === 0) return missing('no pair with the MOS of both stimuli was answered');
  const fit = fitPsychometric(answers);
  return fit.ok ? found(fit) : missing(REFUSALS[fit.reason]);
}

const REFUSALS = {
  'no-difference': 'the pairs have fewer than two different MOS differences',
  'one-answer': 'every answer is the same, so that the position bias has no finite value',
  unbounded:
    'lapses and a threshold explain the answers best: the slope has no finite value, as for an observer finer than the pairs or one who answers at random'
} as const;

/** Per comparison (trial and pair within it) whether it agreed with the MOS; null for ties, equal MOS and no answer. */
export function correctness(
  { byTrial }: Sitting,
  record: StudyRecord,
  space: ValueSpace,
  truth: ReadonlyMap<number, number>
): Map<string, boolean> {
  const right = new Map<string, boolean>();
  for (const [trialId, [answer]] of byTrial) {
    const stimuli = space.trials.get(trialId)?.stimuli;
    if (!stimuli || !answer) continue;
    votesIn(answer, record, stimuli).forEach(({ first, second, choice }, pair) => {
      const [a, b] = [truth.get(first), truth.get(second)];
      if (a === undefined || b === undefined || a === b || choice === 'same') return;
      right.set(`${trialId}/${pair}`, (choice === 'first') === a > b);
    });
  }
  return right;
}
