import type { ProviderRequest, ProviderResult, TransportFailure } from './provider.ts';

/** Where a batch stands at its endpoint. */
export interface RemoteBatch {
  id: string;
  /** `validating`, `failed`, `in_progress`, `finalizing`, `completed`, `expired`, `cancelling`, `cancelled`. */
  status: string;
  /** Whether nothing more will come. */
  ended: boolean;
  outputFileId: string | null;
  errorFileId: string | null;
  /** Why the endpoint did not take it, in a sentence. */
  problem: string | null;
}

/** One line of what came back; `null` where the request was not answered in time. */
export interface BatchLine {
  customId: string;
  result: ProviderResult | null;
}

export type Batched<T> = { ok: true; value: T } | { ok: false; failure: TransportFailure };

/** Requests handed over as one file. Never throws, never retries by itself. */
export interface BatchProvider {
  /** One request's line of the file. */
  line(customId: string, request: ProviderRequest): string;
  upload(name: string, lines: readonly string[], signal: AbortSignal): Promise<Batched<string>>;
  create(fileId: string, token: string, signal: AbortSignal): Promise<Batched<RemoteBatch>>;
  /** The batch that was created with a token; null where there is none. */
  find(token: string, signal: AbortSignal): Promise<Batched<RemoteBatch | null>>;
  look(id: string, signal: AbortSignal): Promise<Batched<RemoteBatch>>;
  cancel(id: string, signal: AbortSignal): Promise<Batched<RemoteBatch>>;
  /** All lines of a file that came back. */
  read(fileId: string, signal: AbortSignal): Promise<Batched<BatchLine[]>>;
}
