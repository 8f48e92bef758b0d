import type { Readout } from '#lib/domain/observer.ts';

/** One thing in a message to a model. */
export type ProviderPart =
  | { type: 'text'; text: string }
  | { type: 'image'; bytes: Uint8Array; mediaType: string; /** Of the bytes. */ sha256: string };

export interface ProviderRequest {
  model: string;
  system: string | null;
  parts: ProviderPart[];
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  seed: number | null;
  /** In the endpoint's own words; null sends none. */
  reasoningEffort: string | null;
  imageDetail: string | null;
  readout: Readout;
  /** For `json`: the schema that the answer must have. */
  jsonSchema: { name: string; schema: Record<string, unknown> } | null;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface TokenProbability {
  token: string;
  logprob: number;
  top: { token: string; logprob: number }[];
}

export interface ProviderCompletion {
  reportedModel: string | null;
  /** The endpoint says that no model but a simulation answered. */
  simulated: boolean;
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  logprobs: TokenProbability[] | null;
  tokensIn: number | null;
  tokensOut: number | null;
  latencyMs: number;
}

/** What went wrong before there was an answer. */
export interface TransportFailure {
  kind: 'rate-limit' | 'server' | 'connection' | 'timeout' | 'garbage' | 'refused-request' | 'aborted';
  status: number | null;
  /** One sentence, without key or picture. */
  message: string;
  /** What the endpoint asked us to wait. */
  retryAfterMs: number | null;
  /** Whether asking again could help. */
  retriable: boolean;
}

export type ProviderResult =
  { ok: true; completion: ProviderCompletion } | { ok: false; failure: TransportFailure };

/** One request, one result; never throws, never retries by itself. */
export interface Provider {
  complete(request: ProviderRequest): Promise<ProviderResult>;
}
