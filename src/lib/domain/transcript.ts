/** What a model wrote to one presentation and what was read from it: the same from the database to the page. */
export interface TranscriptFacts {
  position: number;
  pass: number;
  reason: string | null;
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  /** The model's name as the endpoint gave it back. */
  reportedModel: string | null;
  tokensIn: number | null;
  tokensOut: number | null;
  latencyMs: number | null;
  /** 0 (as people) to 1 (the opposite); null without an answer or without people. */
  disagreement: number | null;
  /** The probability of the likeliest alternative; null where none were read. */
  confidence: number | null;
  /** The probability of all alternatives together; null where none were read. */
  capturedMass: number | null;
  parserVersion: number | null;
}
