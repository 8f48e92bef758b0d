import type { Readout } from '../observer.ts';
import { STIMULI_PER_TRIAL, type Protocol, type Strategy } from '../study.ts';

/** A prompt as a simulated model understands it: what it is asked, and about which pictures. */
export interface SeenPrompt {
  protocol: Protocol;
  strategy: Strategy;
  readout: Readout;
  allowTies: boolean;
  text: string;
  /** By whatever the caller names a picture (its hash), in the order sent. */
  images: string[];
  /** Those that are judged: the last 1, 2, or as many as a group has. */
  judged: string[];
}

/**
 * What a prompt asks for, told by its words as a model would tell it.
 * @returns null where there are fewer pictures than the question speaks of.
 */
export function seePrompt(text: string, images: readonly string[], readout: Readout): SeenPrompt | null {
  const protocol: Protocol = text.includes('quality ranking result')
    ? 'multiple-stimulus'
    : text.includes('quality comparison result')
      ? 'double-stimulus'
      : 'single-stimulus';
  const strategy: Strategy = text.includes('based on the above example')
    ? 'in-context'
    : text.includes('Please first detail')
      ? 'chain-of-thought'
      : 'standard';
  const judged =
    protocol === 'multiple-stimulus' ? groupSizeIn(text, images.length) : STIMULI_PER_TRIAL[protocol];
  if (images.length < judged) return null;
  return {
    protocol,
    strategy,
    readout,
    allowTies: /output 2|ranking can be the same/.test(text),
    text,
    images: [...images],
    judged: images.slice(-judged)
  };
}

/** The highest rank that a ranking asks for says how many it orders. */
function groupSizeIn(text: string, otherwise: number): number {
  const highest = /highest perceptual quality is ranked (\d)/.exec(text)?.[1];
  return highest === undefined ? Math.min(4, otherwise) : Number(highest) + 1;
}
