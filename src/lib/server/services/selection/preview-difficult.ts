import type { DifficultSettings } from '#lib/domain/selection/difficult-subset.ts';
import { selectionOverlap } from '#lib/domain/selection/overlap.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { loadDifficult, type DifficultGround } from './load-difficult.ts';
import { samplesOf, type DifficultSample, type DifficultSamples } from './select-difficult.ts';

export interface DifficultPreview {
  chosen: Omit<DifficultSamples, 'used'>;
  /** Against the same choice at another λ and ε; null where there is nothing to hold it against. */
  change: { entering: number[]; leaving: DifficultSample[] } | null;
  overlap: SubsetOverlap | null;
}

export interface SubsetOverlap {
  subset: string;
  size: number;
  /** Ids of what both hold. */
  shared: number[];
  jaccard: number | null;
  /** What two random choices of these sizes out of the dataset would share. */
  expectedByChance: number;
}

/**
 * What the page of difficult samples shows at one place of its sliders; nothing is stored.
 * @returns the sentence that says why not, where nothing can be chosen so.
 */
export async function previewDifficult(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  ground: DifficultGround,
  settings: DifficultSettings,
  against: { base: { lambda: number; epsilon: number } | null; subset: string | null }
): Promise<DifficultPreview | { problem: string }> {
  try {
    const rows = await loadDifficult(lab, dataset, ground);
    const { used: _, ...chosen } = await samplesOf(dataset, rows, settings);
    const { base, subset } = against;
    const before = base === null ? null : (await samplesOf(dataset, rows, { ...settings, ...base })).samples;
    return {
      chosen,
      change: before === null ? null : changeOf(before, chosen.samples),
      overlap: subset === null ? null : await overlapWith(lab, dataset, subset, chosen)
    };
  } catch (error) {
    if (error instanceof BadInput) return { problem: error.onPage };
    throw error;
  }
}

function changeOf(before: readonly DifficultSample[], now: readonly DifficultSample[]) {
  const was = new Set(before.map(({ id }) => id));
  const is = new Set(now.map(({ id }) => id));
  return {
    entering: now.flatMap(({ id }) => (was.has(id) ? [] : [id])),
    leaving: before.filter(({ id }) => !is.has(id))
  };
}

async function overlapWith(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  name: string,
  { samples, pool, leftOut }: DifficultPreview['chosen']
): Promise<SubsetOverlap> {
  const subset = await datasets.subsetByName(lab.db, dataset.id, name);
  if (!subset) throw new BadInput(`there is no subset ${JSON.stringify(name)} to hold it against`);
  const members = await datasets.stimuliOfSubset(lab.db, subset.id);
  const everything = pool + Object.values(leftOut).reduce((sum, n) => sum + n, 0);
  const names = samples.map((sample) => sample.name);
  const { shared, jaccard, expectedByChance } = selectionOverlap(
    names,
    members.map((row) => row.name),
    everything
  );
  const inBoth = new Set(shared);
  return {
    subset: name,
    size: members.length,
    shared: samples.flatMap((sample) => (inBoth.has(sample.name) ? [sample.id] : [])),
    jaccard,
    expectedByChance
  };
}
