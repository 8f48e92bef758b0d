import { protocols } from '../protocols/index.ts';
import { denseRanks } from '../response.ts';
import { stimuliPerTrial, type Exemplar, type Protocol, type StudyDesign } from '../study.ts';
import type { QuestionRequest } from './prompt.ts';
import { inContextQuestion, type Demonstration } from './wording.ts';

/** In-context prompting: one demonstration with people's real answer, then the question (slides, (c)). */
export function inContext({ design }: QuestionRequest): string {
  return inContextQuestion(
    demonstrationOf(design.protocol, design.exemplars, design.groupSize),
    design.attributes,
    design.allowTies
  );
}

/**
 * What people answered about the exemplars: their quality rounded to a whole number; which of the two is higher, `same`
 * where both are equal; the ranks of a group by quality, equal where it is equal.
 */
export function demonstrationOf(
  protocol: Protocol,
  exemplars: readonly Exemplar[],
  groupSize?: StudyDesign['groupSize']
): Demonstration {
  const qualities = exemplars.map((exemplar) => exemplar.quality);
  const wanted = stimuliPerTrial({ protocol, groupSize });
  if (qualities.length !== wanted) {
    throw new Error(`a ${protocol} demonstration takes ${wanted} exemplars, not ${qualities.length}`);
  }
  const [first = 0, second = 0] = qualities;
  switch (protocol) {
    case 'single-stimulus':
      return { protocol, score: Math.round(first) };
    case 'double-stimulus':
      return { protocol, choice: first > second ? 'first' : first < second ? 'second' : 'same' };
    case 'multiple-stimulus': {
      const ranks = protocols[protocol].toModelAnswer({ kind: 'ranking', ranks: denseRanks(qualities) });
      return { protocol, ranks: ranks as number[] };
    }
  }
}

/** Whether people's answer about these exemplars is one that the study allows. */
export function demonstrationHasTies(exemplars: readonly Exemplar[]): boolean {
  return new Set(exemplars.map((exemplar) => exemplar.quality)).size < exemplars.length;
}
