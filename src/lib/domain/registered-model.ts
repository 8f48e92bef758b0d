/** What goes into every request to a model; null leaves the endpoint's default. */
export interface ModelDecoding {
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  seed: number | null;
  /** For models that think first: how much, in the endpoint's own words. */
  reasoningEffort: string | null;
}

export const NO_DECODING: ModelDecoding = {
  temperature: null,
  topP: null,
  maxTokens: null,
  seed: null,
  reasoningEffort: null
};
