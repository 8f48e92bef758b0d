import type { DifficultSelection, DifficultSettings } from '#lib/domain/selection/difficult-subset.ts';
import type * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { selectAtDesk } from '#lib/server/workers/selection-desk.ts';
import type { Lab } from '../lab.ts';
import { loadDifficult, type DifficultGround, type DifficultRows } from './load-difficult.ts';

export interface DifficultSample {
  rank: number;
  id: number;
  name: string;
  sha256: string;
  reference: string | null;
  mos: number;
  sigma: number | null;
  /** On the scale on which it was held against the MOS. */
  prediction: number;
  scaledMos: number;
  error: number;
  diversity: number;
  objective: number;
}

export interface PickedReference {
  rank: number;
  name: string;
  sha256: string;
  error: number;
  diversity: number;
  objective: number;
}

export interface DifficultSamples extends Pick<DifficultSelection, 'pool' | 'leftOut' | 'proxies'> {
  samples: DifficultSample[];
  /** Full reference: those picked, in order. */
  references: PickedReference[] | null;
  used: DifficultRows['used'];
}

/**
 * A dataset's difficult samples. What does not hang on λ and ε is kept between calls, so that a page can ask at every
 * movement of a slider.
 *
 * @throws BadInput where something needed is missing, or nothing can be picked.
 */
export async function selectDifficultSamples(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  ground: DifficultGround,
  settings: DifficultSettings
): Promise<DifficultSamples> {
  return samplesOf(dataset, await loadDifficult(lab, dataset, ground), settings);
}

/** The same out of rows that are loaded already. */
export async function samplesOf(
  dataset: Pick<datasets.Dataset, 'name'>,
  rows: DifficultRows,
  settings: DifficultSettings
): Promise<DifficultSamples> {
  if (settings.sigmaNormalised && !rows.input.sigma.some(Number.isFinite)) {
    throw new BadInput(
      `no σ are known in ${JSON.stringify(dataset.name)}: errors cannot be divided by σ² + ε ; choose without`,
      { option: '--no-sigma' }
    );
  }
  const chosen = await selectAtDesk(rows.key, settings, () => Promise.resolve(rows.input));
  if ('problem' in chosen) throw new BadInput(chosen.problem);
  if (chosen.pool === 0) throw new BadInput(`nothing can be picked: ${whyLeftOut(chosen.leftOut)}`);
  const { picks, references, ...said } = chosen;
  return {
    ...said,
    used: rows.used,
    samples: picks.map(({ index, mos, ...pick }, place) => {
      const row = rows.stimuli[index] as datasets.StimulusRow;
      const reference = rows.references[rows.input.reference?.[index] ?? -1];
      return {
        rank: place + 1,
        id: row.id,
        name: row.name,
        sha256: row.imageSha256,
        reference: reference?.name ?? null,
        mos: row.mos as number,
        sigma: row.sigma,
        scaledMos: mos,
        ...pick
      };
    }),
    references:
      references?.map(({ index, ...pick }, place) => {
        const row = rows.references[index] as datasets.StimulusRow;
        return { rank: place + 1, name: row.name, sha256: row.imageSha256, ...pick };
      }) ?? null
  };
}

/** Why stimuli cannot be picked, in words; empty where all can. */
export function whyLeftOut(leftOut: DifficultSelection['leftOut']): string {
  const REASONS = {
    mos: 'have no MOS',
    sigma: 'have no σ',
    prediction: 'have no value of every proxy',
    feature: 'have no features'
  };
  return Object.entries(REASONS)
    .flatMap(([key, reason]) => {
      const n = leftOut[key as keyof typeof leftOut];
      return n === 0 ? [] : [`${n} ${n === 1 ? reason.replace('have', 'has') : reason}`];
    })
    .join(', ');
}
