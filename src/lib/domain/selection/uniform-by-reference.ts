import { uniformSelection } from './uniform.ts';

/**
 * Evenly, with references kept together: first references, evenly over the rank of the mean MOS of their images, then of
 * each its images evenly over the rank of their MOS. Both as `uniformSelection` does it, ends included.
 *
 * @param groups the images' MOS, one list a reference, none empty.
 * @returns places, references from the lowest mean to the highest, images within each likewise.
 * @throws RangeError for a reference without images.
 */
export function uniformByReference(
  groups: readonly (readonly number[])[],
  references: number,
  perReference: number
): { reference: number; index: number }[] {
  const means = groups.map((mos) => {
    if (mos.length === 0) throw new RangeError('a reference without images has no mean MOS');
    return { mos: mos.reduce((sum, value) => sum + value, 0) / mos.length };
  });
  return uniformSelection(means, references).flatMap((reference) =>
    uniformSelection(
      (groups[reference] as readonly number[]).map((mos) => ({ mos })),
      perReference
    ).map((index) => ({ reference, index }))
  );
}
