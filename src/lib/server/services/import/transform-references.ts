import { seededRandom, type Random } from '#lib/stats/random.ts';
import { TRANSFORMING, transformPicture, type GeometricTransform } from '#lib/server/images/transform.ts';
import type { ImageSource, SourceFile } from '#lib/server/storage/image-source.ts';

export interface MadeReferences {
  what: 'references geometrically transformed';
  seed: number;
  method: string;
  /** By the reference's path. */
  transforms: Record<string, GeometricTransform>;
}

/**
 * The same files with each reference geometrically transformed: a rotation of 1 to 4 degrees either way, a scale from 0.95 to
 * 1.05, a shift of up to 2 % of each side. Wu et al. do not publish theirs; these are drawn from the seed and the file's
 * name, so that any lab makes the same pictures, and are recorded with the dataset.
 */
export async function transformReferences(
  source: ImageSource,
  isReference: (file: SourceFile) => boolean,
  seed: number
): Promise<{ source: ImageSource; made: MadeReferences }> {
  const transforms: Record<string, GeometricTransform> = {};
  const files = (await source.files()).map((file): SourceFile => {
    if (!isReference(file)) return file;
    const transform = drawn(seededRandom(`aug/${seed}/${file.path}`));
    transforms[file.path] = transform;
    return { ...file, read: async () => transformPicture(await file.read(), transform) };
  });
  return {
    source: { ...source, files: async () => files },
    made: { what: 'references geometrically transformed', seed, method: TRANSFORMING, transforms }
  };
}

function drawn(random: Random): GeometricTransform {
  const between = (low: number, high: number) => Number((low + (high - low) * random.uniform()).toFixed(4));
  const rotation = between(1, 4);
  return {
    rotationDegrees: random.integer(2) === 0 ? rotation : -rotation,
    scale: between(0.95, 1.05),
    shiftX: between(-0.02, 0.02),
    shiftY: between(-0.02, 0.02)
  };
}
