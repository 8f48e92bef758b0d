/** A `reference` is undistorted and never judged; a `distorted` (test) stimulus is what observers judge. */
export type StimulusKind = 'reference' | 'distorted';

/** What is shown. Its pixels are addressed by the SHA-256 of the exact bytes. */
export interface Stimulus {
  id: string;
  /** Path relative to the imported folder; unique in its dataset, never shown to a rater. */
  name: string;
  sha256: string;
  kind: StimulusKind;
  referenceId: string | null;
  widthPx: number;
  heightPx: number;
  /** Mean opinion score on the dataset's own scale; null where none is known. */
  mos: number | null;
  /** SD of the opinion scores (n − 1), never the standard error; null where unknown. */
  sigma: number | null;
  /** How many opinion scores stand behind `mos`; null where unknown. */
  n: number | null;
}

/** The scale on which a dataset's MOS is given. */
export interface MosRange {
  low: number;
  high: number;
  /** False where the score is a difference or an impairment (SPCD, DMOS as difference): lower is better. */
  higherIsBetter: boolean;
}

/**
 * A MOS on 0–100 where higher is better: 100·(mos − low)/(high − low), turned round where lower is better.
 * Not clipped: a MOS outside its range stays outside. Throws RangeError when the range is empty.
 */
export function onHundredScale(mos: number, range: MosRange): number {
  if (!(range.high > range.low)) {
    throw new RangeError(`a MOS range goes up: ${range.low} to ${range.high} does not`);
  }
  const share = (100 * (mos - range.low)) / (range.high - range.low);
  return range.higherIsBetter ? share : 100 - share;
}
