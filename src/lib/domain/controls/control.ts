/**
 * A run that must find nothing: what its figures reach, chance reaches. Both go the way of every other run (session,
 * presentations, completions, responses, figures) and are named controls wherever they appear.
 *
 * - `random-answers`: a synthetic observer that looks at nothing and gives every answer the study allows equally often.
 * - `shuffled-images`: the model, the prompt and the trials as ever, but every judged picture is another stimulus's.
 */
export type Control = 'random-answers' | 'shuffled-images';
export const CONTROLS: readonly Control[] = ['random-answers', 'shuffled-images'];

/** How a control is called in tables, behind the model's name. */
export function controlName(control: Control): string {
  return `${control.replace('-', ' ')} (control)`;
}

/** The "model" of a run of random answers, and where it is asked: nowhere. */
export const RANDOM_ANSWERS_MODEL = 'random answers (control)';
export const NO_ENDPOINT = 'simulated:random-answers';
