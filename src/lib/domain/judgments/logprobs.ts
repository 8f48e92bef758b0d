import type { Alternative } from '../prompts/response-format.ts';
import type { Confidence, TokenProbability } from './judgment.ts';

/** Below this share of the probability on the alternatives, the answer is missing. */
export const DEFAULT_MASS_THRESHOLD = 0.5;

export type WeightsRead =
  | {
      found: 'weights';
      confidence: Confidence;
      /** Σ p·value over the alternatives, renormalised. */
      expected: number;
      /** The most probable alternative; null where two are equally so. */
      likeliest: Alternative | null;
    }
  /** What was read, where it was too little. */
  | { found: 'problem'; reason: string; confidence?: Confidence };

/**
 * Reads an answer from the probabilities of its alternatives: at the token where the answer begins (behind the last
 * "Score:", else the first), p of each alternative is the sum over the tokens that begin it or spell it out; the
 * expected value is Σ p·value / Σ p. The captured mass Σ p is kept; below `threshold` there is no answer. Tokens that
 * the endpoint did not list count as nothing.
 */
export function weighAlternatives(
  tokens: readonly TokenProbability[],
  alternatives: readonly Alternative[],
  threshold = DEFAULT_MASS_THRESHOLD
): WeightsRead {
  const answer = answerToken(tokens);
  if (answer === null) return { found: 'problem', reason: 'the endpoint sent no token probabilities' };
  const weights = alternatives.map(() => 0);
  const listed = answer.top.some(({ token }) => token === answer.token)
    ? answer.top
    : [answer, ...answer.top];
  for (const { token, logprob } of listed) {
    const which = alternativeOf(token, alternatives);
    const p = Number.isFinite(logprob) ? Math.min(1, Math.exp(logprob)) : 0;
    if (which !== null) weights[which] = (weights[which] as number) + p;
  }
  const mass = weights.reduce((total, weight) => total + weight, 0);
  const probabilities: Record<string, number> = {};
  let expected = 0;
  alternatives.forEach(({ text, value }, index) => {
    const p = mass > 0 ? (weights[index] as number) / mass : 0;
    probabilities[text] = p;
    expected += p * value;
  });
  const confidence = { probabilities, capturedMass: Math.min(1, mass) };
  if (!(mass > 0) || mass < threshold) {
    return {
      found: 'problem',
      reason: `the alternatives have only ${(100 * mass).toFixed(1)} % of the probability, ${(100 * threshold).toFixed(0)} % are needed`,
      ...(mass > 0 ? { confidence } : {})
    };
  }
  const top = Math.max(...weights);
  const likeliest = weights.filter((weight) => weight === top).length === 1 ? weights.indexOf(top) : -1;
  return {
    found: 'weights',
    confidence,
    expected,
    likeliest: alternatives[likeliest] ?? null
  };
}

/** The token where the answer begins: the first with a letter or digit behind thinking and the last "Score:". */
function answerToken(tokens: readonly TokenProbability[]): TokenProbability | null {
  const text = tokens.map(({ token }) => token).join('');
  const label = [...text.matchAll(/<\/think>|\b(?:score|answer|rating|output)["'*` ]*[:：]/gi)].at(-1);
  const from = label === undefined ? 0 : label.index + label[0].length;
  let at = 0;
  for (const token of tokens) {
    const end = at + token.token.length;
    if (end > from && /[\p{L}\p{N}]/u.test(token.token.slice(Math.max(0, from - at)))) return token;
    at = end;
  }
  return null;
}

/** The alternative that a token spells, or begins with at least two letters that no other begins with. */
function alternativeOf(token: string, alternatives: readonly Alternative[]): number | null {
  const word = token
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
  const exact = alternatives.findIndex(({ text }) => text === word);
  if (exact >= 0) return exact;
  if (!/^\p{L}{2,}$/u.test(word)) return null;
  const begun = alternatives.flatMap(({ text }, index) => (text.startsWith(word) ? [index] : []));
  return begun.length === 1 ? (begun[0] as number) : null;
}
