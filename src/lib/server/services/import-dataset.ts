import { createHash } from 'node:crypto';
import type { Scenario } from '#lib/domain/study.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import { displayCopy, shownSize } from '#lib/server/images/derive.ts';
import { probeImage } from '#lib/server/images/probe.ts';
import { LARGEST_FILE_BYTES, type ImageSource, type SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { inferMosRange, type MosRow, type MosTable, type Refusal } from './import/mos-table.ts';
import { matchRows, type Match } from './import/match-rows.ts';
import { cleanCopy, MetadataTally, type MetadataReport } from './import/telling-metadata.ts';
import type { Lab } from './lab.ts';
import { checkName } from './names.ts';

export interface ImportOptions {
  name: string;
  scenario: Scenario;
  /** Human values; null for a folder of pictures alone. */
  mos: MosTable | null;
  mosRange: { low: number; high: number } | null;
  layout: string;
  /** Take in what is new where the dataset exists already. */
  ifMissing: boolean;
  licence?: string | null;
  attribute?: string | null;
  simulated?: boolean;
  source?: string | null;
  /** −1 where the score is a difference: lower is closer. */
  direction?: 1 | -1;
  /** Rows are pairs of pictures (see `matchRows`). */
  pairs?: boolean;
  /** Store pictures without metadata that could tell where they come from; the pixels stay to the byte. */
  cleanMetadata?: boolean;
  /** How pictures were changed on their way in, with every parameter; null where they were not. */
  made?: unknown;
}

export interface ImportProgress {
  done: number;
  total: number;
  bytes: number;
  imported: number;
  alreadyThere: number;
  refused: number;
}

export interface ImportReport {
  dataset: string;
  imported: number;
  alreadyThere: number;
  refused: Refusal[];
  warnings: string[];
  mosRange: { low: number; high: number } | null;
  /** What the pictures carried besides themselves; null where none carried anything. */
  metadata: MetadataReport | null;
}

/** Pictures that are read, checked and stored at the same time: enough to keep the decoder's threads fed. */
const AT_ONCE = 4;
/** Rows that one transaction stores. */
const BATCH = 64;

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
  const known = await datasets.namesIn(lab.db, dataset.id);
  const names = new Map<string, string>();
  for (const [name, row] of known) if (!names.has(row.sha256)) names.set(row.sha256, name);
  const progress: ImportProgress = {
    done: 0,
    total: match.references.length + match.test.size + match.unnamed.length,
    bytes: 0,
    imported: 0,
    alreadyThere: 0,
    refused: refused.length
  };
  onProgress(progress);

  const refuse = (file: string, line: number | null, reason: string) => {
    refused.push({ file, line, reason });
    progress.refused++;
  };

  type Plan = {
    /** The stimulus's name: the picture's path, or both pictures' where a pair is judged. */
    name: string;
    file: SourceFile;
    kind: 'reference' | 'distorted';
    row: MosRow | null;
    reference: SourceFile | null;
  };
  type Ready = { plan: Plan; sha256: string; cleanedFrom: string | null; image: datasets.NewImage | null };

  async function prepare(plan: Plan): Promise<Ready | null> {
    const { file } = plan;
    if (file.byteLength > LARGEST_FILE_BYTES) {
      refuse(file.path, null, `has ${file.byteLength} bytes; at most ${LARGEST_FILE_BYTES} are taken`);
      return null;
    }
    let bytes: Uint8Array;
    try {
      bytes = await file.read();
    } catch (error) {
      refuse(file.path, null, `could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
    progress.bytes += bytes.byteLength;
    let sha256 = createHash('sha256').update(bytes).digest('hex');
    let cleanedFrom: string | null = null;
    const before = known.get(plan.name);
    if (before) {
      if (before.sha256 === sha256 || before.cleanedFrom === sha256) {
        progress.alreadyThere++;
        const { row } = plan;
        // A list that was mended since: what came in without its MOS gets it now.
        if (!before.hasMos && before.kind === 'distorted' && row?.mos != null) {
          await datasets.fillIn(lab.db, before.id, valuesOf(row));
          warnings.push(`${plan.name}: was there without its MOS, and has it now`);
        }
      } else refuse(plan.name, null, 'is in the dataset already, with other bytes');
      return null;
    }
    const clean = cleaning ? cleanCopy(bytes) : null;
    if (clean?.state === 'failed') {
      refuse(file.path, null, 'its metadata cannot be left out without changing the picture');
      return null;
    }
    if (clean?.state === 'clean') {
      metadata.note(file.path, clean.telling);
      cleanedFrom = sha256;
      ({ bytes, sha256 } = clean);
    }
    // The same bytes were checked before, here or in another dataset.
    const checked = await datasets.image(lab.db, sha256);
    if (checked) {
      metadata.note(file.path, checked.telling);
      return { plan, sha256, cleanedFrom, image: null };
    }

    const probed = await probeImage(bytes);
    if (!probed.ok) {
      refuse(file.path, null, probed.reason);
      return null;
    }
    const { image } = probed;
    const shown = await displayCopy(bytes, image);
    metadata.note(file.path, image.telling);
    await lab.storage.put(bytes);
    return {
      plan,
      sha256,
      cleanedFrom,
      image: {
        sha256,
        byteLength: bytes.byteLength,
        mediaType: image.mediaType,
        ...shownSize(image),
        channels: image.channels,
        bitDepth: image.bitDepth,
        hasAlpha: image.hasAlpha,
        telling: image.telling,
        shownSha256: shown === null ? null : await lab.storage.put(shown.bytes),
        shownMediaType: shown?.mediaType ?? null,
        shownWhy: shown?.why ?? null
      }
    };
  }

  async function store(batch: Ready[]): Promise<void> {
    if (batch.length === 0) return;
    const rows: datasets.NewStimulus[] = [];
    for (const { plan, sha256, cleanedFrom } of batch) {
      let referenceId: number | null = null;
      if (plan.reference !== null) {
        const reference = known.get(plan.reference.path);
        if (reference === undefined) {
          refuse(
            plan.file.path,
            plan.row?.line ?? null,
            `its reference ${plan.reference.path} could not be imported`
          );
          continue;
        }
        referenceId = reference.id;
      }
      rows.push({
        datasetId: dataset.id,
        name: plan.name,
        imageSha256: sha256,
        cleanedFrom,
        kind: plan.kind,
        referenceId,
        ...valuesOf(plan.row)
      });
    }
    const images = new Map(
      batch.flatMap(({ image }) => (image === null ? [] : [[image.sha256, image] as const]))
    );
    const inserted = await lab.db.transaction(async (tx) => {
      await datasets.insertImages(tx, [...images.values()]);
      return datasets.insertStimuli(tx, rows);
    });
    const shaOf = new Map(
      batch.map(({ plan, sha256, cleanedFrom }) => [plan.name, { sha256, cleanedFrom, kind: plan.kind }])
    );
    for (const { id, name } of inserted) {
      const made = shaOf.get(name);
      if (made) known.set(name, { id, ...made, hasMos: true });
    }
    progress.imported += inserted.length;
    progress.alreadyThere += rows.length - inserted.length;
  }

  async function take(plans: Plan[]): Promise<void> {
    let batch: Ready[] = [];
    for (let i = 0; i < plans.length; i += AT_ONCE) {
      signal?.throwIfAborted();
      const slice = plans.slice(i, i + AT_ONCE);
      const ready = await Promise.all(slice.map(prepare));
      progress.done += slice.length;
      for (const item of ready) {
        if (item === null) continue;
        batch.push(item);
        const { path } = item.plan.file;
        const first = names.get(item.sha256);
        if (first === undefined) names.set(item.sha256, path);
        else if (first !== path) {
          warnings.push(`${path}: the same bytes as ${first}; both names are kept, the bytes once`);
        }
      }
      if (batch.length >= BATCH) {
        await store(batch);
        batch = [];
      }
      onProgress({ ...progress });
    }
    await store(batch);
    onProgress({ ...progress });
  }

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

function valuesOf(row: MosRow | null) {
  return {
    mos: row?.mos ?? null,
    sigma: row?.sigma ?? null,
    nRatings: row?.n ?? null,
    distortion: row?.distortion ?? null,
    level: row?.level ?? null,
    content: row?.content ?? null
  };
}

async function openDataset(
  lab: Pick<Lab, 'db'>,
  options: ImportOptions,
  range: { low: number; high: number } | null
): Promise<datasets.Dataset> {
  const existing = await datasets.byName(lab.db, options.name);
  if (existing) {
    // An import that was cut off left its dataset in the state "importing": calling again goes on with it.
    if (!options.ifMissing && existing.state === 'ready') {
      throw new BadInput(`a dataset named ${JSON.stringify(options.name)} exists already`);
    }
    if (existing.scenario !== options.scenario) {
      throw new BadInput(
        `the dataset ${JSON.stringify(options.name)} is ${existing.scenario}, not ${options.scenario}`
      );
    }
    if (existing.mosLow === null && range !== null) {
      await datasets.update(lab.db, existing.id, { mosLow: range.low, mosHigh: range.high });
    }
    return existing;
  }
  const created = await datasets.create(lab.db, {
    name: options.name,
    scenario: options.scenario,
    layout: options.layout,
    attribute: options.attribute ?? null,
    licence: options.licence ?? null,
    mosLow: range?.low ?? null,
    mosHigh: range?.high ?? null,
    mosDirection: options.direction ?? 1,
    source: options.source ?? null,
    made: options.made ?? null,
    simulated: options.simulated ?? false
  });
  if (!created) throw new BadInput(`a dataset named ${JSON.stringify(options.name)} exists already`);
  return created;
}

/** The scale that was said or is inferred; a MOS outside a scale that was said refuses its row. */
function mosRange(
  options: ImportOptions,
  match: Match,
  refused: Refusal[]
): { low: number; high: number } | null {
  const rows = options.mos?.rows ?? [];
  if (!rows.some((row) => row.mos !== null)) return options.mosRange;
  const range = options.mosRange ?? inferMosRange(rows);
  if (range === null) {
    throw new BadInput('the MOS fit none of the usual scales (1–5, 0–10, 0–100, 0–1); say which it is', {
      file: options.mos?.label,
      option: '--mos-range LO,HI'
    });
  }
  for (const [name, { row }] of match.test) {
    if (row?.mos == null || (row.mos >= range.low && row.mos <= range.high)) continue;
    match.test.delete(name);
    refused.push({
      file: options.mos?.label ?? name,
      line: row.line,
      reason: `a MOS of ${row.mos} lies outside the scale ${range.low} to ${range.high}`
    });
  }
  return range;
}

export function looksLikePicture(path: string): boolean {
  return /\.(png|jpe?g|webp|bmp|gif|tiff?|avif|heic)$/i.test(path);
}
