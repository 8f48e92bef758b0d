import type { OpinionScore } from './mos.ts';

/**
 * The SOS parameter a of σ² = a·(x − L)·(H − x), x the MOS on a scale from L to H: how far observers
 * disagree, as a share of the most that the scale allows. The least-squares a over all stimuli with at least
 * two ratings, a = Σ σ²·g / Σ g², g = (x − L)(H − x).
 *
 * @returns null when no such stimulus lies inside the scale (all at its ends, or none).
 * @throws RangeError when L is not below H or a MOS lies outside.
 * Source: Hoßfeld, Schatz and Egger, SOS: The MOS is not enough, QoMEX (2011).
 */
export function sosParameter(
  scores: readonly Pick<OpinionScore, 'mos' | 'sigma'>[],
  low: number,
  high: number
): number | null {
  if (!(low < high)) throw new RangeError(`a scale runs from low to high, not from ${low} to ${high}`);
  let top = 0;
  let bottom = 0;
  for (const { mos, sigma } of scores) {
    if (mos === null || sigma === null) continue;
    if (mos < low || mos > high) throw new RangeError(`MOS ${mos} lies outside ${low}–${high}`);
    const room = (mos - low) * (high - mos);
    top += sigma * sigma * room;
    bottom += room * room;
  }
  return bottom > 0 ? top / bottom : null;
}
