import { normalCdf } from '#lib/stats/normal.ts';
import type { PsychometricFit } from './psychometric.ts';

/** P(first) at a difference of quality under a fitted curve: λ/2 + (1 − λ)·Φ(k·Δ + b). */
export function psychometricCurve(
  { sensitivity, bias, lapse }: Pick<PsychometricFit, 'sensitivity' | 'bias' | 'lapse'>,
  delta: number
): number {
  return lapse.estimate / 2 + (1 - lapse.estimate) * normalCdf(sensitivity.estimate * delta + bias.estimate);
}
