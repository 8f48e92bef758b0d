import type { Random } from '#lib/stats/random.ts';
import { CHOICES, type Answer } from '../response.ts';
import { stimuliPerTrial, type StudyDesign } from '../study.ts';
import { RANDOM_OBSERVER, syntheticAnswer } from './observer.ts';

/**
 * An answer about the slots as shown by somebody who looks at nothing: any whole score (or grade), any of the answers
 * that the study allows to a pair, any order of a group (any grade of CCR), all equally likely.
 */
export function randomAnswer(
  design: Pick<StudyDesign, 'protocol' | 'scale' | 'allowTies' | 'groupSize'>,
  random: Random
): Answer {
  if (design.protocol === 'double-stimulus' && design.scale !== 'ccr-7') {
    return { kind: 'choice', choice: CHOICES[random.integer(design.allowTies ? 3 : 2)] ?? 'first' };
  }
  const qualities = new Array<number>(stimuliPerTrial(design)).fill(50);
  return syntheticAnswer(design.protocol, qualities, RANDOM_OBSERVER, design, random);
}
