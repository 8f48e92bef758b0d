import { splitRecord, splitRows, type Dimension, type SplitRow } from '#lib/domain/results/split-results.ts';
import * as studies from '#lib/server/db/studies.ts';
import { recordOf, resultsOf } from './analyse-study.ts';
import type { Lab } from './lab.ts';
import { keepLook } from './preregister.ts';

export interface SplitStudy {
  study: string;
  by: Dimension;
  rows: SplitRow[];
}

/** A study's runs taken apart by one dimension, each part through the same scaling and against the same MOS. */
export async function splitStudy(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  by: Dimension
): Promise<SplitStudy> {
  await keepLook(lab, study, 'results split');
  const split = splitRecord(await recordOf(lab, study), by);
  return { study: studies.addressOf(study), by, rows: splitRows(split, await resultsOf(split.record)) };
}
