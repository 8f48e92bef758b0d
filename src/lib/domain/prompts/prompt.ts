import type { Readout } from '../observer.ts';
import type { Exemplar, Protocol, Scenario, Strategy, StudyDesign } from '../study.ts';
import type { ResponseFormat } from './response-format.ts';

/** Which picture stands at a place of a prompt. */
export interface ImageSlot {
  kind: 'reference' | 'test' | 'exemplar' | 'exemplar-reference';
  /** `test`: the slot as shown, from 0. `exemplar`: the index into the exemplars. References: 0. */
  index: number;
}

export type PromptPart = { type: 'text'; text: string } | { type: 'image'; slot: ImageSlot };

/** What is sent to a model, but for the pixels. */
export interface ComposedPrompt {
  /** Such as `double-stimulus/chain-of-thought/nr/text`; ends in `/no-ties` where the study allows none. */
  promptId: string;
  promptVersion: number;
  /** No prompt of this instrument has one; an endpoint's default applies. */
  system: string | null;
  parts: PromptPart[];
  responseFormat: ResponseFormat;
}

export type PromptDesign = Pick<StudyDesign, 'attributes' | 'allowTies' | 'exemplars' | 'groupSize'> &
  Partial<Pick<StudyDesign, 'scale'>>;

export interface PromptRequest {
  protocol: Protocol;
  strategy: Strategy;
  scenario: Scenario;
  readout: Readout;
  design: PromptDesign;
  /** Instead of the design's own demonstration. */
  exemplars?: readonly Exemplar[];
  /** A researcher's edited copy: replaces the text after the images, response format included, under its own name. */
  edited?: { id: string; version: number; text: string };
}

/** What a strategy needs to word its question. */
export interface QuestionRequest {
  design: PromptDesign & { protocol: Protocol };
}
