import type { Readout } from '../observer.ts';
import type { Protocol, Strategy } from '../study.ts';
import { judgedNames } from './wording.ts';

/** One word or code whose probability is read, and what it stands for. */
export interface Alternative {
  text: string;
  /** On 0–100 for a score; the code 1, 0 or 2 for a choice. */
  value: number;
}

/** What a model is told to write, and what its endpoint is asked to enforce or to report. */
export type ResponseFormat =
  | { kind: 'text' }
  | { kind: 'json-schema'; name: string; schema: Record<string, unknown> }
  | { kind: 'logprobs'; alternatives: readonly Alternative[]; topLogprobs: number };

/** ITU's five labels, spread evenly over 0–100 (as ACR grades are). */
export const ADJECTIVES: readonly Alternative[] = [
  { text: 'excellent', value: 100 },
  { text: 'good', value: 75 },
  { text: 'fair', value: 50 },
  { text: 'poor', value: 25 },
  { text: 'bad', value: 0 }
];

export const PAIR_CODES: readonly Alternative[] = [
  { text: '1', value: 1 },
  { text: '0', value: 0 },
  { text: '2', value: 2 }
];

/** What a `logprobs` readout weighs; null for rankings, which no single token holds. */
export function alternativesFor(protocol: Protocol, allowTies: boolean): readonly Alternative[] | null {
  switch (protocol) {
    case 'single-stimulus':
      return ADJECTIVES;
    case 'double-stimulus':
      return allowTies ? PAIR_CODES : PAIR_CODES.slice(0, 2);
    case 'multiple-stimulus':
      return null;
  }
}

interface FormatRequest {
  protocol: Protocol;
  strategy: Strategy;
  readout: Readout;
  allowTies: boolean;
  /** How many images a ranking orders; four unless given. */
  groupSize?: number | undefined;
}

/** The sentence that stands for the slides' trailing `[...]`, in our words; all that a readout changes. */
export function formatSentence(request: FormatRequest): string {
  switch (request.readout) {
    case 'text':
      return textSentence(request);
    case 'json':
      return jsonSentence(request);
    case 'logprobs':
      return logprobsSentence(request);
  }
}

function scorePlaceholder({ protocol, strategy, allowTies, groupSize }: FormatRequest): string {
  switch (protocol) {
    case 'single-stimulus':
      return '[a number from 0 to 100]';
    case 'double-stimulus':
      return allowTies ? '[1, 0 or 2]' : '[1 or 0]';
    case 'multiple-stimulus':
      return `[${judgedNames(protocol, strategy, groupSize)
        .map((name) => `${name}: rank`)
        .join(', ')}]`;
  }
}

function textSentence(request: FormatRequest): string {
  const score = scorePlaceholder(request);
  return request.strategy === 'chain-of-thought'
    ? `Respond in two lines and write nothing after them:\nDescription: [your description]\nScore: ${score}`
    : `Respond with one line and nothing else:\nScore: ${score}`;
}

function jsonSentence(request: FormatRequest): string {
  const fields: string[] = [];
  if (request.strategy === 'chain-of-thought') fields.push('"description": [your description]');
  fields.push(
    request.protocol === 'multiple-stimulus'
      ? `"ranks": {${judgedNames(request.protocol, request.strategy, request.groupSize)
          .map((name) => `"${name}": [rank]`)
          .join(', ')}}`
      : `"score": ${scorePlaceholder(request)}`
  );
  return `Respond with one JSON object and nothing else: {${fields.join(', ')}}`;
}

function logprobsSentence(request: FormatRequest): string {
  const word =
    request.protocol === 'single-stimulus'
      ? 'Express the score as one of five words: excellent (100), good (75), fair (50), poor (25), bad (0). '
      : '';
  const what = request.protocol === 'single-stimulus' ? 'that one word' : 'that one digit';
  return request.strategy === 'chain-of-thought'
    ? `${word}Respond in two lines and write nothing after them:\nDescription: [your description]\nScore: [${what}]`
    : `${word}Respond with ${what} and nothing else.`;
}

/** What the endpoint is asked for. `logprobs` of a ranking does not exist: see `promptProblem`. */
export function responseFormat(request: FormatRequest): ResponseFormat {
  switch (request.readout) {
    case 'text':
      return { kind: 'text' };
    case 'json':
      return { kind: 'json-schema', name: 'judgment', schema: jsonSchema(request) };
    case 'logprobs': {
      const alternatives = alternativesFor(request.protocol, request.allowTies);
      if (alternatives === null) throw new Error('a ranking has no alternatives to weigh');
      return { kind: 'logprobs', alternatives, topLogprobs: 20 };
    }
  }
}

/**
 * A schema within what OpenAI's strict mode takes: every property required, no further ones, no numeric bounds (the
 * parser checks the range, so that an endpoint that ignores schemas is judged alike).
 */
function jsonSchema(request: FormatRequest): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  if (request.strategy === 'chain-of-thought') properties.description = { type: 'string' };
  switch (request.protocol) {
    case 'single-stimulus':
      properties.score = { type: 'number', description: 'from 0 to 100' };
      break;
    case 'double-stimulus':
      properties.score = { type: 'integer', enum: request.allowTies ? [1, 0, 2] : [1, 0] };
      break;
    case 'multiple-stimulus':
      properties.ranks = closedObject(
        Object.fromEntries(
          judgedNames(request.protocol, request.strategy, request.groupSize).map((name, _, names) => [
            name,
            { type: 'integer', enum: names.map((__, rank) => rank) }
          ])
        )
      );
      break;
  }
  return closedObject(properties);
}

function closedObject(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
