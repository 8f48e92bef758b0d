import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { stimulusFinder } from '../metrics/stimulus-names.ts';
import type { VoteTarget } from './read-votes.ts';

/** A study's test trials, found by the stimuli that they judge, in whatever order a file names these. */
export async function studyTarget(lab: Pick<Lab, 'db'>, study: studies.Study): Promise<VoteTarget> {
  const [stimuli, trials] = await Promise.all([
    datasets.stimuliOf(lab.db, study.datasetId),
    studies.trialsOf(lab.db, study.id)
  ]);
  const byStimuli = new Map<string, { id: number; index: number; stimuli: readonly number[] }>();
  trials.forEach(({ id, role, stimuli: judged }, index) => {
    const key = trialKey(judged);
    if (role === 'test' && !byStimuli.has(key)) byStimuli.set(key, { id, index, stimuli: judged });
  });
  return {
    design: study.design,
    stimulus: stimulusFinder(stimuli),
    trial: (judged) => byStimuli.get(trialKey(judged)) ?? null,
    trials: trials.length
  };
}

/** The same for the same stimuli in any order. */
export function trialKey(stimuli: readonly number[]): string {
  return stimuli.length === 1 ? String(stimuli[0]) : [...stimuli].sort((a, b) => a - b).join('/');
}
