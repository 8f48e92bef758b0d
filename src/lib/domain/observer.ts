import type { Strategy } from './study.ts';

/** Whoever judges. A `synthetic` observer is a simulation and is labelled so wherever it appears. */
export type ObserverKind = 'rater' | 'model' | 'synthetic';
export const OBSERVER_KINDS: readonly ObserverKind[] = ['rater', 'model', 'synthetic'];

/** How a model's answer is taken: from its words, from structured output, or from the probabilities of alternatives. */
export type Readout = 'text' | 'json' | 'logprobs';
export const READOUTS: readonly Readout[] = ['text', 'json', 'logprobs'];

/** What a provider does with an image before its model sees it. */
export type ImageDetail = 'auto' | 'low' | 'high';
export const IMAGE_DETAILS: readonly ImageDetail[] = ['auto', 'low', 'high'];

export interface DecodingParameters {
  /** null leaves the endpoint's default. */
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  /** Sent where the endpoint takes one; it promises nothing. */
  seed: number | null;
}

/** What makes one model under one way of asking an observer of its own. */
export interface ModelObserver {
  model: string;
  strategy: Strategy;
  readout: Readout;
  decoding: DecodingParameters;
  imageDetail: ImageDetail;
}

/** The name an observer goes by in tables: "gpt-4o · chain-of-thought", with the readout where it is not text. */
export function modelObserverName(observer: Pick<ModelObserver, 'model' | 'strategy' | 'readout'>): string {
  const parts = [observer.model, observer.strategy];
  if (observer.readout !== 'text') parts.push(observer.readout);
  return parts.join(' · ');
}
