import { createHash } from 'node:crypto';
import { designText } from '#lib/domain/planning/design-text.ts';
import type { TrialRole } from '#lib/domain/trial.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from './lab.ts';

/**
 * The text behind a study's design hash, made again from what is stored: whoever has it can take its SHA-256 and compare.
 * `matches` says whether that still gives the hash that was recorded when the study was planned.
 */
export async function writeDesign(
  lab: Pick<Lab, 'db'>,
  study: studies.Study
): Promise<{ text: string; matches: boolean }> {
  const [names, trials] = await Promise.all([
    datasets.namesIn(lab.db, study.datasetId),
    studies.trialsOf(lab.db, study.id)
  ]);
  const nameOf = new Map([...names].map(([name, { id }]) => [id, name]));
  const named = (id: number) => {
    const name = nameOf.get(id);
    if (name === undefined) throw new Error(`stimulus ${id} is not in the dataset of study ${study.id}`);
    return name;
  };
  const text = designText({
    design: study.design,
    trials: trials.map((trial) => ({
      role: trial.role as TrialRole,
      stimuli: trial.stimuli.map(named),
      referenceId: trial.referenceId === null ? null : named(trial.referenceId),
      ...(trial.expected === null ? {} : { expected: trial.expected })
    })),
    sha256Of: (name) => (names.get(name) as { sha256: string }).sha256
  });
  return { text, matches: createHash('sha256').update(text).digest('hex') === study.designHash };
}
