import type { StudyDesign } from '../study.ts';
import type { PlannedTrial } from '../trial.ts';

/** A stimulus as a design knows it: by name and by content, so that the same design has one hash in any database. */
export interface HashedStimulus {
  id: string;
  name: string;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  sha256: string;
}

export interface DesignTextInput {
  design: StudyDesign;
  /** Every stimulus that the design mentions: judged ones, references and exemplars, in any order. */
  stimuli: readonly HashedStimulus[];
  /** In the order planned. */
  trials: readonly PlannedTrial[];
}

/**
 * The text whose SHA-256 is a study's design hash: one JSON document with sorted keys and no spaces that holds the
 * design, the stimuli (sorted by name) and the trials. Database ids do not enter: a stimulus is named by its place in the
 * sorted list, so that the same design over the same images has the same hash everywhere.
 *
 * Throws when two stimuli have one name or when a trial or an exemplar mentions a stimulus that is not listed.
 */
export function designText({ design, stimuli, trials }: DesignTextInput): string {
  const sorted = stimuli.slice().sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const place = new Map<string, number>();
  sorted.forEach((stimulus, index) => {
    if (index > 0 && sorted[index - 1]?.name === stimulus.name) {
      throw new Error(`two stimuli are named ${stimulus.name}`);
    }
    place.set(stimulus.id, index);
  });
  const placeOf = (id: string): number => {
    const index = place.get(id);
    if (index === undefined) throw new Error(`the design mentions the stimulus ${id}, which is not listed`);
    return index;
  };
  const placeOrNull = (id: string | null) => (id === null ? null : placeOf(id));
  return canonicalJson({
    format: 1,
    design: {
      ...design,
      exemplars: design.exemplars.map((exemplar) => ({
        stimulus: placeOf(exemplar.stimulusId),
        reference: placeOrNull(exemplar.referenceId),
        quality: exemplar.quality
      }))
    },
    stimuli: sorted.map(({ name, sha256 }) => ({ name, sha256: sha256.toLowerCase() })),
    trials: trials.map((trial) => ({
      role: trial.role,
      stimuli: trial.stimuli.map(placeOf),
      reference: placeOrNull(trial.referenceId)
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
