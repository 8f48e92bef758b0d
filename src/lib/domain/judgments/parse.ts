import { alternativesFor } from '../prompts/response-format.ts';
import { NUMBER_WORDS } from '../prompts/wording.ts';
import { protocols } from '../protocols/index.ts';
import type { Answer } from '../response.ts';
import { cleanText, withoutThinking } from './clean-text.ts';
import type { Completion, Judgment, ParseFailure } from './judgment.ts';
import { weighAlternatives } from './logprobs.ts';
import { readJson } from './read-json.ts';
import { readNumber } from './read-number.ts';
import { readRanking } from './read-ranking.ts';
import { soundsLikeRefusal } from './refusal.ts';

export type { Completion, Confidence, Judgment, TokenProbability } from './judgment.ts';

/** Raised with every change to what is understood; responses carry it, and stored completions can be parsed again. */
export const PARSER_VERSION = 1;

/**
 * The judgment in a completion, as shown, or the typed reason why there is none. Strict: what can be read in two ways is
 * not read. Never throws, whatever the text.
 *
 * - `content-filtered`: the endpoint says so. `refused`: it says so, or the words decline and no answer ends them.
 * - `truncated`: the length limit was reached before a complete answer. An answer that ends with the text may go on
 *   ("Score: 8" of 85), so something that cannot belong to it must follow.
 * - `out-of-range`: a plain number, or four, but not among those asked for (ties where the study allows none, too).
 * - `unparseable`: everything else: nothing, two different scores, a fraction of another maximum than 100, three ranks.
 *
 * Numbers in a description do not matter where "Score:" is. Thinking is taken off first.
 */
export function parseJudgment(completion: Completion): Judgment {
  const { finishReason, refusal } = completion;
  if (/^(?:content[_-]?filter|safety)/i.test(finishReason ?? ''))
    return failed('content-filtered', 'the endpoint filtered the answer');
  if (refusal !== null && refusal.trim() !== '') return failed('refused', refusal.trim());
  const cut = /^(?:length|max[_-]?tokens)$/i.test(finishReason ?? '');
  const { text, closed } = withoutThinking(completion.text ?? '');
  if (completion.readout === 'logprobs' && closed) {
    const weighed = fromWeights(completion);
    if (weighed.outcome === 'ok') return weighed;
    return soundsLikeRefusal(cleanText(text)) ? failed('refused', glimpse(text)) : weighed;
  }
  if (!closed || text.trim() === '') {
    if (cut) return failed('truncated', 'the length limit was reached before an answer');
    return failed('unparseable', closed ? 'the answer is empty' : 'the thinking never ended');
  }
  const judgment = fromText(completion, text, cut);
  if (judgment.outcome === 'ok' || judgment.outcome === 'out-of-range') return judgment;
  if (soundsLikeRefusal(cleanText(text))) return failed('refused', glimpse(text));
  return cut ? failed('truncated', `the length limit was reached: ${judgment.reason}`) : judgment;
}

function fromText(completion: Completion, text: string, cut: boolean): Judgment {
  const json = readJson(text, completion.protocol);
  if (json.found === 'problem') return failed('unparseable', json.reason);
  // A closed JSON value is complete, whatever came after it.
  const complete = json.found === 'value';
  const cleaned = cleanText(complete ? json.text : text);
  const judgment = fromCleaned(completion, cleaned, cut && !complete);
  if (judgment.outcome !== 'ok' || complete) return judgment;
  // "I can't do that; it would look like Score: 85, for example": an answer that declines is none, unless it then
  // gives one as its last word.
  const last = cleaned.trimEnd();
  return soundsLikeRefusal(last) && !/[\d\])}%\ue100]["'.)]?$/.test(last)
    ? failed('refused', glimpse(text))
    : judgment;
}

function fromCleaned(completion: Completion, cleaned: string, cut: boolean): Judgment {
  const { protocol, allowTies, strategy, groupSize = 4 } = completion;
  if (protocol === 'multiple-stimulus') {
    const read = readRanking(cleaned, cut, strategy, groupSize);
    if (read.found === 'problem') return failed(read.outcome, read.reason);
    if (read.found === 'cut') return failed('truncated', 'the ranking may go on');
    if (read.found === 'absent')
      return failed('unparseable', `no ranking of ${NUMBER_WORDS[groupSize]} is given`);
    return checked(
      protocols[protocol].fromModelAnswer(read.ranks, allowTies, groupSize),
      `[${read.ranks.join(', ')}]`,
      allowTies
    );
  }
  const read = readNumber(cleaned, cut);
  if (read.found === 'problem') return failed(read.outcome, read.reason);
  if (read.found === 'cut') return failed('truncated', 'the number may go on');
  if (read.found === 'absent') return failed('unparseable', 'no score is given');
  return checked(protocols[protocol].fromModelAnswer(read.value, allowTies), String(read.value), allowTies);
}

function fromWeights(completion: Completion): Judgment {
  const { protocol, allowTies } = completion;
  const alternatives = alternativesFor(protocol, allowTies);
  if (alternatives === null)
    return failed('unparseable', 'a ranking cannot be read from token probabilities');
  const read = weighAlternatives(completion.logprobs ?? [], alternatives, completion.massThreshold);
  if (read.found === 'problem') {
    const { reason, confidence } = read;
    return { outcome: 'unparseable', reason, ...(confidence === undefined ? {} : { confidence }) };
  }
  if (protocol === 'single-stimulus') {
    const { expected, confidence } = read;
    return { outcome: 'ok', answer: { kind: 'score', score: expected, raw: expected }, confidence };
  }
  if (read.likeliest === null) {
    const reason = 'two alternatives are equally probable';
    return { outcome: 'unparseable', reason, confidence: read.confidence };
  }
  const answer = protocols[protocol].fromModelAnswer(read.likeliest.value, allowTies);
  const judgment = checked(answer, read.likeliest.text, allowTies);
  return judgment.outcome === 'ok' ? { ...judgment, confidence: read.confidence } : judgment;
}

function checked(answer: Answer | null, written: string, allowTies: boolean): Judgment {
  if (answer !== null) return { outcome: 'ok', answer };
  const ties = allowTies ? '' : ' (this study allows no ties)';
  return failed('out-of-range', `${written} is not among the answers asked for${ties}`);
}

function failed(outcome: ParseFailure, reason: string): Judgment {
  return { outcome, reason };
}

function glimpse(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
