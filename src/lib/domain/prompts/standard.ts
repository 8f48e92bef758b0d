import type { QuestionRequest } from './prompt.ts';
import { standardQuestion } from './wording.ts';

/** Standard prompting: the question, nothing else (slides, (a)). */
export function standard({ design }: QuestionRequest): string {
  return standardQuestion(design.protocol, design.attributes, design.allowTies, design.groupSize);
}
