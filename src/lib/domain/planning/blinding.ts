import type { StudyDesign } from '../study.ts';
import type { Stimulus } from '../stimulus.ts';
import type { TrialRole } from '../trial.ts';

/** A presentation as the server knows it. */
export interface FullPresentation {
  id: string;
  position: number;
  /** How many presentations the session has. */
  total: number;
  role: TrialRole;
  /** In the order shown. */
  stimuli: readonly Stimulus[];
  reference: Stimulus | null;
  design: StudyDesign;
}

/** What is known of a stimulus where it is judged: an address that tells nothing, and how much room it takes. */
export interface BlindedStimulus {
  token: string;
  widthPx: number;
  heightPx: number;
}

/** Everything about a presentation that may leave the server before it is answered. */
export interface BlindedPresentation {
  token: string;
  position: number;
  total: number;
  /** Gold, trap and repeat look like any test trial; only training says so, because it gives feedback. */
  training: boolean;
  slots: BlindedStimulus[];
  reference: BlindedStimulus | null;
  protocol: StudyDesign['protocol'];
  scenario: StudyDesign['scenario'];
  scale: StudyDesign['scale'];
  allowTies: boolean;
  fitPolicy: StudyDesign['fitPolicy'];
  shortestViewMs: number | null;
  longestViewMs: number | null;
}

/** Opaque, unguessable names, made by the server; one for one thing within a session at the most. */
export interface Tokens {
  presentation(id: string): string;
  stimulus(presentationId: string, stimulusId: string): string;
}

/**
 * What an observer may see. Every field is written out here by name: what is not named (file name, dataset, MOS,
 * content hash, role, exemplars, seed) does not pass, also when a later version adds fields to the sources.
 */
export function blind(presentation: FullPresentation, tokens: Tokens): BlindedPresentation {
  const { design } = presentation;
  const blinded = (stimulus: Stimulus): BlindedStimulus => ({
    token: tokens.stimulus(presentation.id, stimulus.id),
    widthPx: stimulus.widthPx,
    heightPx: stimulus.heightPx
  });
  return {
    token: tokens.presentation(presentation.id),
    position: presentation.position,
    total: presentation.total,
    training: presentation.role === 'training',
    slots: presentation.stimuli.map(blinded),
    reference: presentation.reference === null ? null : blinded(presentation.reference),
    protocol: design.protocol,
    scenario: design.scenario,
    scale: design.scale,
    allowTies: design.allowTies,
    fitPolicy: design.fitPolicy,
    shortestViewMs: design.shortestViewMs,
    longestViewMs: design.longestViewMs
  };
}
