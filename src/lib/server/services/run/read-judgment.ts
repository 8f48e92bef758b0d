import { parseJudgment, PARSER_VERSION } from '#lib/domain/judgments/parse.ts';
import type { TokenProbability } from '#lib/domain/judgments/judgment.ts';
import type { Strategy, StudyDesign } from '#lib/domain/study.ts';
import type { Run } from '#lib/server/db/runs.ts';

/** What an endpoint sent, as stored or as it just came in. */
export interface RawAnswer {
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  logprobs: readonly TokenProbability[] | null;
}

/** A response's columns, as far as they come from the completion. */
export interface ReadJudgment {
  outcome: string;
  score: number | null;
  rawScore: number | null;
  choice: string | null;
  ranking: number[] | null;
  facts: unknown;
  parserVersion: number;
  reason: string | null;
}

/** The judgment that this version of the parser reads in a completion, in the response table's columns. */
export function readJudgment(
  design: StudyDesign,
  strategy: Strategy,
  run: Pick<Run, 'readout' | 'massThreshold'>,
  raw: RawAnswer
): ReadJudgment {
  const parsed = parseJudgment({
    protocol: design.protocol,
    strategy,
    readout: run.readout as 'text',
    allowTies: design.allowTies,
    groupSize: design.groupSize,
    text: raw.content ?? '',
    refusal: raw.refusal,
    finishReason: raw.finishReason,
    logprobs: raw.logprobs,
    massThreshold: run.massThreshold ?? undefined
  });
  const answer = parsed.outcome === 'ok' ? parsed.answer : null;
  return {
    outcome: parsed.outcome,
    score: answer?.kind === 'score' ? answer.score : null,
    rawScore: answer?.kind === 'score' ? answer.raw : null,
    choice: answer?.kind === 'choice' ? answer.choice : null,
    ranking: answer?.kind === 'ranking' ? answer.ranks : null,
    // What the model's own probabilities say, where they were read, also where they were too little for an answer.
    facts: parsed.confidence ?? null,
    parserVersion: PARSER_VERSION,
    reason: parsed.outcome === 'ok' ? null : parsed.reason
  };
}
