import type { StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';

export interface DesignTextInput {
  design: StudyDesign;
  /** All of the study's trials, training ones too, in the order planned. */
  trials: readonly PlannedTrial[];
  /** The SHA-256 of a stimulus's stored bytes, in hexadecimal. */
  sha256Of: (stimulusId: string) => string;
}

/**
 * The text whose SHA-256 is a study's design hash: one JSON document with sorted keys and no spaces that holds the
 * design, the stimuli and the trials. Database ids do not enter: a stimulus is its bytes' hash, and trials and exemplars
 * name it by its place in the sorted list of hashes, so that the same design over the same images has the same hash in
 * any database.
 */
export function designText({ design, trials, sha256Of }: DesignTextInput): string {
  const hashes = new Map<string, string>();
  const meet = (id: string | null) => {
    if (id !== null && !hashes.has(id)) hashes.set(id, sha256Of(id).toLowerCase());
  };
  for (const exemplar of design.exemplars) [exemplar.stimulusId, exemplar.referenceId].forEach(meet);
  for (const trial of trials) [...trial.stimuli, trial.referenceId].forEach(meet);
  const sorted = [...new Set(hashes.values())].sort();
  const place = new Map(sorted.map((hash, index) => [hash, index]));
  const placeOf = (id: string) => place.get(hashes.get(id) as string) as number;
  const placeOrNull = (id: string | null) => (id === null ? null : placeOf(id));
  return canonicalJson({
    format: 1,
    design: {
      ...design,
      exemplars: design.exemplars.map((exemplar) => ({
        stimulus: placeOf(exemplar.stimulusId),
        reference: placeOrNull(exemplar.referenceId),
        quality: exemplar.quality
      })),
      ...(design.training?.trials === undefined
        ? {}
        : {
            training: { ...design.training, trials: design.training.trials.map((ids) => ids.map(placeOf)) }
          }),
      ...(design.gold?.trials === undefined
        ? {}
        : {
            gold: {
              ...design.gold,
              trials: design.gold.trials.map(({ stimuli, accepted }) => ({
                stimuli: stimuli.map(placeOf),
                accepted
              }))
            }
          })
    },
    stimuli: sorted,
    trials: trials.map((trial) => ({
      role: trial.role,
      stimuli: trial.stimuli.map(placeOf),
      reference: placeOrNull(trial.referenceId),
      ...(trial.expected === undefined ? {} : { expected: trial.expected })
    }))
  });
}

/**
 * JSON with the keys of every object sorted by UTF-16 code unit and no white space (RFC 8785 for plain data).
 * Throws on what JSON cannot hold exactly: undefined, functions, NaN, infinities.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  throw new Error(`JSON has no ${typeof value}`);
}
