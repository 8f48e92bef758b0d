import type { Expected } from '#lib/domain/known-answer.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';

export interface NamedStimulus {
  id: number;
  name: string;
  sha256: string;
  content: string | null;
  reference: NamedStimulus | null;
}

export interface NamedTrial {
  id: number;
  index: number;
  role: string;
  expected: Expected | null;
  /** By slot. */
  stimuli: NamedStimulus[];
  reference: NamedStimulus | null;
}

/** A study's trials with their stimuli by name: what an export holds in memory, however many answers there are. */
export async function namedTrials(
  lab: Pick<Lab, 'db'>,
  study: studies.Study
): Promise<Map<number, NamedTrial>> {
  const [trials, stimuli] = await Promise.all([
    studies.trialsOf(lab.db, study.id),
    studies.stimuliIn(lab.db, study.id)
  ]);
  const byId = new Map<number, NamedStimulus>(
    stimuli.map(({ id, name, sha256, content }) => [id, { id, name, sha256, content, reference: null }])
  );
  for (const { id, referenceId } of stimuli) {
    const stimulus = byId.get(id);
    if (stimulus && referenceId !== null) stimulus.reference = byId.get(referenceId) ?? null;
  }
  const named = (id: number): NamedStimulus => {
    const stimulus = byId.get(id);
    if (!stimulus) throw new Error(`stimulus ${id} of study ${study.id} was not read`);
    return stimulus;
  };
  return new Map(
    trials.map((trial) => [
      trial.id,
      {
        id: trial.id,
        index: trial.index,
        role: trial.role,
        expected: trial.expected,
        stimuli: trial.stimuli.map(named),
        reference: trial.referenceId === null ? null : named(trial.referenceId)
      }
    ])
  );
}
