import { sosParameter } from '#lib/domain/scaling/sos.ts';
import type * as datasets from '#lib/server/db/datasets.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import { histogram } from '#lib/stats/histogram.ts';
import type { Lab } from './lab.ts';

export interface DatasetDescription extends stimuli.DatasetContents {
  /** Null where no MOS is known. */
  opinions: Opinions | null;
}

export interface Opinions {
  /** The ends of the scale, widened where a MOS lies outside. */
  low: number;
  high: number;
  /** Stimuli in each of BINS equal parts of the scale. */
  histogram: number[];
  /** The largest σ, and how many stimuli lie in each of BINS equal parts from 0 to it; null where none is known. */
  sigmaTop: number | null;
  sigmaHistogram: number[] | null;
  /** What lies over each of BINS equal parts of the scale, for who points at it. */
  columns: { n: number; sigmas: [number, number] | null }[];
  /** MOS and σ of the stimuli that have both, to the fineness of a plot. */
  dots: { mos: number; sigma: number }[];
  /** The SOS parameter a; null where σ are unknown or all MOS lie at the scale's ends. */
  sos: number | null;
}

const BINS = 20;
/** Dots are told apart to this share of the scale: finer than a plot's pixels. */
const FINENESS = 500;

/** Everything that a dataset's page says about it. */
export async function describeDataset(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset
): Promise<DatasetDescription> {
  const contents = await stimuli.contents(lab.db, dataset.id);
  const opinions = await stimuli.opinions(lab.db, dataset.id);
  return { ...contents, opinions: opinions.length === 0 ? null : summarise(opinions, dataset) };
}

/** Exported for its test. */
export function summarise(
  opinions: readonly { mos: number; sigma: number | null }[],
  scale: { mosLow: number | null; mosHigh: number | null }
): Opinions {
  let low = scale.mosLow ?? Infinity;
  let high = scale.mosHigh ?? -Infinity;
  for (const { mos } of opinions) {
    low = Math.min(low, mos);
    high = Math.max(high, mos);
  }
  if (low === high) {
    low -= 1;
    high += 1;
  }
  const sigmas = opinions.flatMap(({ sigma }) => (sigma === null ? [] : [sigma]));
  const sigmaTop = sigmas.length === 0 ? null : sigmas.reduce((most, sigma) => Math.max(most, sigma), 0);
  const columns = Array.from({ length: BINS }, (): Opinions['columns'][number] => ({ n: 0, sigmas: null }));
  for (const { mos, sigma } of opinions) {
    const at = Math.min(BINS - 1, Math.floor(((mos - low) / (high - low)) * BINS));
    const column = columns[at];
    if (column === undefined || sigma === null) continue;
    column.n++;
    column.sigmas =
      column.sigmas === null
        ? [sigma, sigma]
        : [Math.min(column.sigmas[0], sigma), Math.max(column.sigmas[1], sigma)];
  }
  const step = (high - low) / FINENESS;
  const dots = new Map<string, { mos: number; sigma: number }>();
  for (const { mos, sigma } of opinions) {
    if (sigma === null) continue;
    const key = `${Math.round((mos - low) / step)} ${Math.round(sigma / step)}`;
    if (!dots.has(key)) dots.set(key, { mos, sigma });
  }
  return {
    low,
    high,
    histogram: histogram(
      opinions.map(({ mos }) => mos),
      low,
      high,
      BINS
    ),
    sigmaTop,
    sigmaHistogram: sigmaTop === null ? null : histogram(sigmas, 0, sigmaTop > 0 ? sigmaTop : 1, BINS),
    columns,
    dots: [...dots.values()],
    sos: sosParameter(opinions, low, high)
  };
}
