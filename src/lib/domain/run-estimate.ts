import type { PromptPart } from './prompts/prompt.ts';
import type { Strategy } from './study.ts';

/** What an estimate rests on; said beside it, since each of them can be wrong by much. */
export const ASSUMED = {
  charactersPerToken: 4,
  /** Tokens of an answer, by how the model is asked. */
  tokensOut: { standard: 12, 'chain-of-thought': 220, 'in-context': 12 } satisfies Record<Strategy, number>,
  /** Seconds for one answer, by how the model is asked. */
  seconds: { standard: 2, 'chain-of-thought': 6, 'in-context': 2.5 } satisfies Record<Strategy, number>
} as const;

/**
 * Tokens that a picture costs as OpenAI counts them for gpt-4o: 85, and at high detail 170 for every 512-pixel tile
 * once the picture is brought within 2048 pixels and its shorter side down to 768. Others count otherwise; the first
 * answers say how many it really is.
 */
export function tokensPerPicture(widthPx: number, heightPx: number, detail: string | null): number {
  if (detail === 'low') return 85;
  const within = Math.min(1, 2048 / Math.max(widthPx, heightPx));
  const shorter = Math.min(widthPx, heightPx) * within;
  const scale = within * Math.min(1, 768 / shorter);
  const tiles = Math.ceil((widthPx * scale) / 512 - 1e-9) * Math.ceil((heightPx * scale) / 512 - 1e-9);
  return 85 + 170 * tiles;
}

/** What a batch costs of the price of the same requests asked one by one (OpenAI's discount). */
const BATCH_SHARE = 0.5;

/** US dollars a million tokens, in and out; null where unknown. */
export interface PriceList {
  priceIn: number | null;
  priceOut: number | null;
  /** Of batches, where they are no half of the others. */
  batchPriceIn?: number | null;
  batchPriceOut?: number | null;
}

/** What is paid of a price list for requests one by one, or in batches. */
export function paidPrices(list: PriceList, batch: boolean): Pick<PriceList, 'priceIn' | 'priceOut'> {
  const { priceIn, priceOut } = list;
  if (!batch) return { priceIn, priceOut };
  const half = (price: number | null) => (price === null ? null : price * BATCH_SHARE);
  return { priceIn: list.batchPriceIn ?? half(priceIn), priceOut: list.batchPriceOut ?? half(priceOut) };
}

export interface RunEstimateInput extends PriceList {
  /** Trials that a run asks: all but training. */
  trials: number;
  repeats: number;
  /** Whether each trial is shown in a second order; a single stimulus has none. */
  bothOrders: boolean;
  strategy: Strategy;
  parts: readonly PromptPart[];
  /** Mean over the study's pictures. */
  tokensPerPicture: number;
  maxTokens: number | null;
  batch: boolean;
  concurrency: number;
  requestsPerMinute: number | null;
  tokensPerMinute?: number | null;
}

export interface RunEstimate {
  requests: number;
  picturesPerRequest: number;
  pictures: number;
  tokensIn: number;
  tokensOut: number;
  /** US dollars; null without any price. */
  cost: number | null;
  /** Without retries. */
  ms: number;
  /** What the limits alone would make it; runs at one endpoint share them. */
  msByLimits: number;
  /** What sets the pace. */
  limitedBy: 'concurrency' | 'requests per minute' | 'tokens per minute';
}

/** What a run will ask for, send, cost and take, before anything is sent. */
export function estimateRun(input: RunEstimateInput): RunEstimate {
  const { parts, strategy } = input;
  const requests = input.trials * input.repeats * (input.bothOrders ? 2 : 1);
  const picturesPerRequest = parts.filter((part) => part.type === 'image').length;
  const characters = parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
  const inEach =
    Math.ceil(characters / ASSUMED.charactersPerToken) + picturesPerRequest * input.tokensPerPicture;
  const outEach = Math.min(ASSUMED.tokensOut[strategy], input.maxTokens ?? Infinity);
  const tokensIn = Math.round(requests * inEach);
  const tokensOut = requests * outEach;
  const { priceIn, priceOut } = paidPrices(input, input.batch);
  const byAnswers = (requests / input.concurrency) * ASSUMED.seconds[strategy] * 1000;
  const byRequests = input.requestsPerMinute === null ? 0 : (requests / input.requestsPerMinute) * 60_000;
  const byTokens = input.tokensPerMinute ? ((tokensIn + tokensOut) / input.tokensPerMinute) * 60_000 : 0;
  const byLimit = Math.max(byRequests, byTokens);
  return {
    requests,
    picturesPerRequest,
    pictures: requests * picturesPerRequest,
    tokensIn,
    tokensOut,
    cost:
      priceIn === null && priceOut === null
        ? null
        : (tokensIn * (priceIn ?? 0) + tokensOut * (priceOut ?? 0)) / 1e6,
    ms: Math.max(byAnswers, byLimit),
    msByLimits: byLimit,
    limitedBy:
      byAnswers >= byLimit
        ? 'concurrency'
        : byTokens > byRequests
          ? 'tokens per minute'
          : 'requests per minute'
  };
}
