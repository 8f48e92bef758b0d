import * as datasets from '#lib/server/db/datasets.ts';
import type { ImageSource } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { ImportOptions, ImportProgress, ImportReport } from './import/import-options.ts';
import { matchRows } from './import/match-rows.ts';
import type { Refusal } from './import/mos-table.ts';
import { mosRange, openDataset } from './import/open-dataset.ts';
import { pictureTaker } from './import/take-pictures.ts';
import { MetadataTally } from './import/telling-metadata.ts';
import type { Lab } from './lab.ts';
import { checkName } from './names.ts';

export type { ImportOptions, ImportProgress, ImportReport } from './import/import-options.ts';

/**
 * Takes pictures and their human values into a dataset. Streaming: at any time a few pictures are in memory.
 * Idempotent by name and hash, so an import that was interrupted goes on when it is called again. What is broken
 * is refused one by one, with its reason; a stimulus is stored whole or not at all.
 *
 * @throws BadInput when the whole import cannot be: the name is taken, the scale cannot be told, no pictures.
 */
export async function importDataset(
  lab: Pick<Lab, 'db' | 'storage'>,
  source: ImageSource,
  options: ImportOptions,
  onProgress: (progress: ImportProgress) => void = () => {},
  signal?: AbortSignal
): Promise<ImportReport> {
  checkName('dataset', options.name);
  // Its page would stand at the address of the page that imports.
  if (options.name === 'import') throw new BadInput('"import" cannot name a dataset');
  const refused: Refusal[] = [...(options.mos?.refused ?? [])];
  const warnings: string[] = [];
  const cleaning = options.cleanMetadata ?? false;
  const metadata = new MetadataTally(cleaning);

  const files = await source.files();
  const pictures = files.filter((file) => looksLikePicture(file.path));
  if (pictures.length === 0) {
    throw new BadInput('holds no pictures (.png, .jpg, .jpeg, .webp, .bmp)', { file: source.label });
  }
  const match = matchRows(pictures, options.mos?.rows ?? [], options.scenario, {
    label: options.mos?.label ?? '',
    pairs: options.pairs ?? false,
    refusedNames: options.mos?.refusedNames ?? []
  });
  refused.push(...match.refused);
  if (options.mos !== null && match.test.size === 0) {
    const first = match.refused[0];
    throw new BadInput(
      `none of the ${options.mos.rows.length} rows can be used with the pictures in ${source.label}` +
        (first === undefined ? '' : `: ${first.line === null ? '' : `line ${first.line}: `}${first.reason}`) +
        `; the first picture is ${JSON.stringify(pictures[0]?.path ?? '')}`,
      { file: options.mos.label }
    );
  }
  const range = mosRange(options, match, refused);
  for (const file of match.unnamed) {
    warnings.push(
      options.scenario === 'full-reference'
        ? `${file.path}: no row names it; kept as a reference that nothing uses`
        : `${file.path}: no row gives its MOS; imported without one`
    );
  }

  const dataset = await openDataset(lab, options, range);
  const progress: ImportProgress = {
    done: 0,
    total: match.references.length + match.test.size + match.unnamed.length,
    bytes: 0,
    imported: 0,
    alreadyThere: 0,
    refused: refused.length
  };
  onProgress(progress);
  const take = await pictureTaker({
    lab,
    datasetId: dataset.id,
    cleaning,
    metadata,
    warnings,
    refused,
    progress,
    onProgress,
    signal
  });

  // References first: what was made from them points at them.
  await take([
    ...match.references.map((file) => ({
      name: file.path,
      file,
      kind: 'reference' as const,
      row: null,
      reference: null
    })),
    ...match.unnamed.map((file) => ({
      name: file.path,
      file,
      kind: options.scenario === 'full-reference' ? ('reference' as const) : ('distorted' as const),
      row: null,
      reference: null
    }))
  ]);
  await take(
    [...match.test].map(([name, { file, row, reference }]) => ({
      name,
      file,
      kind: 'distorted' as const,
      row,
      reference
    }))
  );
  await datasets.update(lab.db, dataset.id, { state: 'ready' });
  // First of the warnings: it is about what observers could learn.
  if (metadata.warning !== null) warnings.unshift(metadata.warning);
  refused.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)));
  return {
    dataset: dataset.name,
    imported: progress.imported,
    alreadyThere: progress.alreadyThere,
    refused,
    warnings,
    mosRange: range,
    metadata: metadata.report
  };
}

export function looksLikePicture(path: string): boolean {
  return /\.(png|jpe?g|webp|bmp|gif|tiff?|avif|heic)$/i.test(path);
}
