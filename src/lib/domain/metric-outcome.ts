/** Why a metric has no value for a stimulus, and what a page says of it. */
export const METRIC_FAILURES = {
  identical: 'the two pictures are identical, where this metric has no finite value',
  'too-small': 'the picture is too small for this metric',
  grey: 'the picture is grey, and this metric is of colour',
  'different-size': 'the picture and its reference differ in size',
  'no-reference': 'the stimulus has no reference',
  undecodable: 'the picture cannot be decoded',
  undefined: 'the metric is not defined for this picture',
  'not-finite': 'the network gave no finite number',
  network: 'the network could not be run on this picture'
} as const;
export type MetricFailure = keyof typeof METRIC_FAILURES;

/** What a metric says of one stimulus. */
export type MetricOutcome =
  { ok: true; value: number } | { ok: false; failure: MetricFailure; reason: string | null };

/** 1: higher values mean better quality; −1: lower. */
export type Direction = 1 | -1;

export function directionWords(direction: number): string {
  return direction === 1 ? 'higher is better' : 'lower is better';
}
