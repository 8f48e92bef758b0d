import { ADJECTIVES, PAIR_CODES } from '../prompts/response-format.ts';

/** One token of an answer with the alternatives that it was chosen from. */
export interface SimulatedToken {
  token: string;
  logprob: number;
  top: { token: string; logprob: number }[];
}

/**
 * One token per word, the last the answer. For a score its probability is shared by the two adjectives around it so
 * that their expected value is the score, with a twentieth on other words; a digit has nine tenths.
 *
 * @param score 0–100 for a score's word, null for a digit.
 */
export function tokenProbabilities(content: string, score: number | null): SimulatedToken[] {
  const tokens = content.match(/\s*\S+/g) ?? [];
  return tokens.map((token, index) => {
    const top = index < tokens.length - 1 ? [[token, 0.9] as const] : answerWeights(token.trim(), score);
    return {
      token,
      logprob: Math.log(top.find(([name]) => name === token.trim())?.[1] ?? 0.9),
      top: top.map(([name, p]) => ({ token: name, logprob: Math.log(p) }))
    };
  });
}

function answerWeights(word: string, score: number | null): (readonly [string, number])[] {
  if (score === null) {
    return PAIR_CODES.map(({ text }) => [text, text === word ? 0.9 : 0.04] as const);
  }
  const weights = ADJECTIVES.map(
    ({ text, value }) => [text, 0.95 * Math.max(0, 1 - Math.abs(value - score) / 25)] as const
  );
  return [...weights.filter(([, p]) => p > 0), ['The', 0.05] as const];
}
