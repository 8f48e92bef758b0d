import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';

/**
 * The judged stimuli that a list names, in its order: one a line, by name or by file name where only one has it. What else
 * a line holds (a reference, a score) is passed over, so that a published list of picks reads as it is.
 *
 * @throws BadInput with the line where a line names none or one twice.
 */
export async function readNameList(
  lab: Pick<Lab, 'db'>,
  dataset: datasets.Dataset,
  text: string,
  label: string
): Promise<string[]> {
  const judged = (await datasets.stimuliOf(lab.db, dataset.id)).filter((row) => row.kind === 'distorted');
  const byName = new Map<string, string | null>();
  for (const { name } of judged) {
    const file = name.slice(name.lastIndexOf('/') + 1);
    if (file !== name) byName.set(file, byName.has(file) ? null : name);
  }
  for (const { name } of judged) byName.set(name, name);
  const lineOf = new Map<string, number>();
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const line = index + 1;
    const whole = raw.trim();
    if (whole === '') return;
    const words = [whole, ...whole.split(/[\s,;]+/)];
    const word = words.find((one) => byName.has(one));
    const name = word === undefined ? undefined : byName.get(word);
    if (name === undefined) {
      throw new BadInput(
        `names no stimulus of ${JSON.stringify(dataset.name)}: ${JSON.stringify(whole.slice(0, 200))}`,
        {
          file: label,
          line
        }
      );
    }
    if (name === null) {
      throw new BadInput(`${JSON.stringify(word)} could be several stimuli; give its path`, {
        file: label,
        line
      });
    }
    const before = lineOf.get(name);
    if (before !== undefined) {
      throw new BadInput(`${JSON.stringify(name)} stands on line ${before} already`, { file: label, line });
    }
    lineOf.set(name, line);
  });
  if (lineOf.size === 0) throw new BadInput('names no stimulus', { file: label });
  return [...lineOf.keys()];
}
