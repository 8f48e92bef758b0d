import type { Protocol, ScaleKind, Scenario, StudyDesign } from './study.ts';

/**
 * What one trial asks for, named by the method that it follows: ITU-T P.910's ACR (5 and 9 grades), DCR and PC, ITU-T
 * P.800's CCR, ITU-R BT.500's continuous scale, or a ranking of a group.
 */
export type AnswerScale = 'continuous-100' | 'acr-5' | 'acr-9' | 'dcr-5' | 'pair' | 'ccr-7' | 'ranking';

/** The scale of a trial. `design.scale` speaks of scores, and of pairs where these are graded. */
export function answerScale({ protocol, scale }: Pick<StudyDesign, 'protocol' | 'scale'>): AnswerScale {
  switch (protocol) {
    case 'single-stimulus':
      return scale === 'ccr-7' ? 'continuous-100' : scale;
    case 'double-stimulus':
      return scale === 'ccr-7' ? 'ccr-7' : 'pair';
    case 'multiple-stimulus':
      return 'ranking';
  }
}

/** The scales that a study may choose from; the first is what it has unless it says otherwise. */
export function scalesFor(protocol: Protocol, scenario: Scenario): readonly ScaleKind[] {
  switch (protocol) {
    case 'single-stimulus':
      return scenario === 'full-reference'
        ? ['continuous-100', 'acr-5', 'acr-9', 'dcr-5']
        : ['continuous-100', 'acr-5', 'acr-9'];
    case 'double-stimulus':
      return ['continuous-100', 'ccr-7'];
    case 'multiple-stimulus':
      return ['continuous-100'];
  }
}

const GRADES: Readonly<Partial<Record<ScaleKind, number>>> = { 'acr-5': 5, 'acr-9': 9, 'dcr-5': 5 };

/** How many whole grades a scale has, from 1, the highest for the best quality; null where it is no such scale. */
export function gradesOf(scale: ScaleKind): number | null {
  return GRADES[scale] ?? null;
}

/** A grade 1 … `grades` on 0–100, linearly: of five 1 → 0, 2 → 25 … 5 → 100; of nine 1 → 0, 2 → 12.5 … 9 → 100. */
export function gradeToHundred(grade: number, grades: number): number {
  return ((grade - 1) * 100) / (grades - 1);
}

/** CCR runs from −3 (the second is much worse than the first) to +3 (much better); 0 is about the same. */
export const MOST_CCR_GRADE = 3;

/** Why no model is asked on this scale, as a sentence, or null: the study's prompts are fixed, and these are not theirs. */
export function peopleOnlyReason(design: Pick<StudyDesign, 'scale'> & { protocol: Protocol }): string | null {
  if (answerScale(design) === 'dcr-5') {
    return (
      'DCR asks how visible and annoying an impairment is, and the nine prompting systems ask for quality: ' +
      'it is a scale for people alone. On 0–100 or ACR the same trials serve both.'
    );
  }
  return null;
}
