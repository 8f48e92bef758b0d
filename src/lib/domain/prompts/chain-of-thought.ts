import type { QuestionRequest } from './prompt.ts';
import { chainOfThoughtQuestion } from './wording.ts';

/** Chain-of-thought prompting: describe first, then judge on the grounds of the description (slides, (b)). */
export function chainOfThought({ design }: QuestionRequest): string {
  return chainOfThoughtQuestion(design.protocol, design.attributes, design.allowTies, design.groupSize);
}
