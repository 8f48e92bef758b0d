import type { Readout } from '../observer.ts';
import { judgedNames } from '../prompts/wording.ts';
import { ADJECTIVES } from '../prompts/response-format.ts';
import { protocols } from '../protocols/index.ts';
import type { Answer } from '../response.ts';
import type { Protocol, Strategy } from '../study.ts';

/**
 * An answer in the words of a model that keeps to its prompt's response format. With `logprobs` the one word or digit:
 * for a score the nearest of the five adjectives, so that only its probabilities carry the score itself.
 */
export function syntheticText(
  answer: Answer,
  protocol: Protocol,
  strategy: Strategy,
  readout: Readout = 'text'
): string {
  const codes = protocols[protocol].toModelAnswer(answer);
  const names = judgedNames(protocol, strategy, Array.isArray(codes) ? codes.length : undefined);
  if (readout === 'json') {
    const judgment = Array.isArray(codes)
      ? { ranks: Object.fromEntries(names.map((name, slot) => [name, codes[slot]])) }
      : { score: codes };
    return JSON.stringify(
      strategy === 'chain-of-thought' ? { description: description(protocol), ...judgment } : judgment
    );
  }
  const value = Array.isArray(codes)
    ? `[${names.map((name, slot) => `${name}: ${codes[slot]}`).join(', ')}]`
    : readout === 'logprobs' && protocol === 'single-stimulus'
      ? nearestAdjective(codes)
      : String(codes);
  if (strategy === 'chain-of-thought') return `Description: ${description(protocol)}\nScore: ${value}`;
  return readout === 'logprobs' ? value : `Score: ${value}`;
}

export function nearestAdjective(score: number): string {
  const sorted = ADJECTIVES.slice().sort((a, b) => Math.abs(a.value - score) - Math.abs(b.value - score));
  return sorted[0]?.text as string;
}

/** Says that no one looked, so that nobody reads a simulated description as a model's reasons. */
function description(protocol: Protocol): string {
  return protocol === 'single-stimulus'
    ? 'This is a simulated observer, which knows the quality of the image and does not describe it.'
    : 'This is a simulated observer, which knows the quality of the images and does not describe them.';
}
