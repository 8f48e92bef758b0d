import { stimuliPerTrial, type StudyDesign } from '#lib/domain/study.ts';
import type * as datasets from '#lib/server/db/datasets.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

/** Whether a dataset's scores say how different two pictures are (SPCD) instead of how good one is. */
export function hasDifferences(dataset: Pick<datasets.Dataset, 'mosDirection'>): boolean {
  return dataset.mosDirection === -1;
}

/**
 * What a protocol can ask about pairs of pictures that have a difference score. Two or four pictures beside one that
 * all of them were paired with are ordinary material: the closer, the better. One picture's quality was never rated, so
 * single-stimulus is refused unless people grade the impairment against the other (DCR), or the plan accepts that a
 * difference is read as quality, as in Wu et al.'s Table 1.
 *
 * @param accepted that a difference is read as quality.
 * @returns the pairs that trials can be made of, and how many stand alone: too few others share the picture that they are compared with.
 * @throws BadInput with the reason where none can be asked about.
 */
export function askableDifferences(
  dataset: Pick<datasets.Dataset, 'name' | 'scenario'>,
  design: Pick<StudyDesign, 'protocol' | 'scale' | 'groupSize'>,
  judged: readonly datasets.StimulusRow[],
  accepted: boolean
): { judged: datasets.StimulusRow[]; leftOut: number } {
  const name = JSON.stringify(dataset.name);
  const { protocol } = design;
  if (protocol === 'single-stimulus') {
    if (accepted || design.scale === 'dcr-5') return { judged: [...judged], leftOut: 0 };
    throw new BadInput(
      `the scores of ${name} are differences between two pictures (lower is closer), and single-stimulus asks for the ` +
        'quality of one; plan it as double- or multiple-stimulus, where the closer picture is the better one, ask people how far it is ' +
        'from the other (DCR), or accept that a difference is read as quality, as in Wu et al.',
      { option: '--difference-as-quality' }
    );
  }
  const least = stimuliPerTrial(design);
  const sharing = new Map<number | null, number>();
  for (const row of judged) sharing.set(row.referenceId, (sharing.get(row.referenceId) ?? 0) + 1);
  const askable = judged.filter((row) => (sharing.get(row.referenceId) as number) >= least);
  if (askable.length === 0) {
    const most = Math.max(0, ...sharing.values());
    throw new BadInput(
      `a ${protocol} trial on ${name} compares ${least} pictures with one that all of them were paired with, and ` +
        `no picture has more than ${most} paired with it in that place`
    );
  }
  return { judged: askable, leftOut: judged.length - askable.length };
}
