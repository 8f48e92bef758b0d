import type { StudyResults } from '../analyse-study.ts';

/** What a bundle says of itself. */
export interface BundleManifest {
  format: typeof BUNDLE_FORMAT;
  study: string;
  version: number;
  designHash: string;
  dataset: string;
  /** From which the trials were planned; sessions carry their own. */
  seed: number;
  /** What it was made with. */
  versions: { limen: string; node: string; parser: number };
  /** Whether the stimuli's own files are in it, under pictures/. */
  pictures: boolean;
}

export const BUNDLE_FORMAT = 'limen-study-bundle-1';

/** The text that a pre-registration's hash is of; not in a bundle of a study without one. */
export const REGISTRATION_FILE = 'preregistration.json';
/** Who registered when, and when results were first looked at. Bundles of before have none. */
export const REGISTERED_FILE = 'registered.json';

export interface Registered {
  registration: { sha256: string; by: string; at: string } | null;
  unblinded: { at: string; by: string | null; what: string } | null;
}

/** Everything under `tables/` in the order in which it is stored again. */
export const HEAD_FILES = [
  'dataset',
  'images',
  'stimuli',
  'downsized',
  'study',
  'trials',
  'observers',
  'sessions',
  'runs',
  'prompts'
] as const;

/** A study's figures as text, without what a database makes up: the same in every lab that holds the same votes. */
export function figuresText(results: StudyResults): string {
  const { observers, stimuli, ...rest } = results;
  return `${JSON.stringify(
    {
      ...rest,
      observers: observers.map(({ sessionId: _, ...observer }) => observer),
      stimuli: stimuli.map(({ id: _, ...stimulus }) => stimulus)
    },
    null,
    1
  )}\n`;
}
