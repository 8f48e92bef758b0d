import { RANDOM_ANSWERS_MODEL } from '#lib/domain/controls/control.ts';
import { randomAnswer } from '#lib/domain/simulation/random-answer.ts';
import { syntheticText } from '#lib/domain/simulation/wording.ts';
import type { Strategy, StudyDesign } from '#lib/domain/study.ts';
import { seededRandom } from '#lib/stats/random.ts';
import type { ProviderCompletion } from '#lib/server/providers/provider.ts';

/**
 * What the control `random answers` says to a presentation: drawn from the session's seed and the presentation's place,
 * so that a run that is taken up again goes on as it would have. In a model's words, for the parser to read like any
 * other's; it costs nothing.
 */
export function answerAtRandom(
  design: StudyDesign,
  strategy: Strategy,
  sessionSeed: string,
  position: number
): ProviderCompletion {
  const random = seededRandom(`${sessionSeed}/random answer/${position}`);
  // Models answer on 0–100 whatever people's scale is.
  return {
    reportedModel: RANDOM_ANSWERS_MODEL,
    simulated: true,
    content: syntheticText(
      randomAnswer({ ...design, scale: 'continuous-100' }, random),
      design.protocol,
      strategy
    ),
    refusal: null,
    finishReason: 'stop',
    logprobs: null,
    tokensIn: null,
    tokensOut: null,
    latencyMs: 0
  };
}
