/** A free question about chosen pictures: no trial, no score; what models say is read by people. */
export interface ProbePreset {
  id: string;
  name: string;
  /** What it is for, in a sentence. */
  about: string;
  prompt: string;
  /** Whether every picture is asked about by itself, or all of them in one request. */
  each: boolean;
  /** How many pictures it speaks of; null: any number. */
  pictures: number | null;
}

/** Stands for a picture in a prompt, as the slides write it. */
export const PICTURE = '<ImageHere>';

/** Both are the slides' to the letter (Wu et al., Fig. 5 and the last slide). */
export const PROBE_PRESETS: readonly ProbePreset[] = [
  {
    id: 'main-objects',
    name: 'Main object of two images',
    about:
      'Whether a model tells two pictures apart: models trained on one picture at a time often see one twice.',
    prompt: `The first image is ${PICTURE}. The second image is ${PICTURE}. Please tell me the main object of two images, respectively.`,
    each: false,
    pictures: 2
  },
  {
    id: 'describe',
    name: 'Describe this image',
    about:
      'Whether a model tuned on quality has forgotten how to describe: put it beside the model it was tuned from.',
    prompt: 'Please describe this image.',
    each: true,
    pictures: null
  }
];

export type ProbePart = { type: 'text'; text: string } | { type: 'image'; picture: number };

/**
 * A prompt as the parts of one request. Pictures stand where the prompt says so, in order; where it says nothing they
 * stand before the words.
 */
export function probeParts(prompt: string, pictures: number): ProbePart[] {
  const texts = prompt.split(PICTURE);
  const parts: ProbePart[] = [];
  const said = texts.length - 1;
  if (said === 0) {
    for (let picture = 0; picture < pictures; picture++) parts.push({ type: 'image', picture });
  }
  texts.forEach((text, place) => {
    if (text.trim() !== '') parts.push({ type: 'text', text: text.trim() });
    if (place < said) parts.push({ type: 'image', picture: place });
  });
  return parts;
}

/** Why a prompt cannot be asked about so many pictures in one request; null where it can. */
export function probeProblem(prompt: string, pictures: number): string | null {
  if (prompt.replaceAll(PICTURE, '').trim() === '') return 'The prompt says nothing.';
  if (prompt.length > 20_000) return 'The prompt is longer than 20,000 characters.';
  if (pictures < 1) return 'A probe needs at least one picture.';
  const said = prompt.split(PICTURE).length - 1;
  if (said > 0 && said !== pictures) {
    return `The prompt speaks of ${said} ${said === 1 ? 'picture' : 'pictures'} (${PICTURE}), and ${pictures} ${pictures === 1 ? 'is' : 'are'} sent with it.`;
  }
  return null;
}
