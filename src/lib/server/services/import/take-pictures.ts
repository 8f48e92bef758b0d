import { createHash } from 'node:crypto';
import * as datasets from '#lib/server/db/datasets.ts';
import { displayCopy, shownSize } from '#lib/server/images/derive.ts';
import { probeImage } from '#lib/server/images/probe.ts';
import { LARGEST_FILE_BYTES, type SourceFile } from '#lib/server/storage/image-source.ts';
import type { Lab } from '../lab.ts';
import type { ImportProgress } from './import-options.ts';
import type { MosRow, Refusal } from './mos-table.ts';
import { cleanCopy, type MetadataTally } from './telling-metadata.ts';

/** Pictures that are read, checked and stored at the same time: enough to keep the decoder's threads fed. */
const AT_ONCE = 4;
/** Rows that one transaction stores. */
const BATCH = 64;

/** A picture that is to become a stimulus. */
export interface Plan {
  /** The stimulus's name: the picture's path, or both pictures' where a pair is judged. */
  name: string;
  file: SourceFile;
  kind: 'reference' | 'distorted';
  row: MosRow | null;
  reference: SourceFile | null;
}

interface Ready {
  plan: Plan;
  sha256: string;
  cleanedFrom: string | null;
  image: datasets.NewImage | null;
}

/** What one import works on and adds to. */
export interface Taking {
  lab: Pick<Lab, 'db' | 'storage'>;
  datasetId: number;
  /** Store pictures without their metadata. */
  cleaning: boolean;
  metadata: MetadataTally;
  warnings: string[];
  refused: Refusal[];
  progress: ImportProgress;
  onProgress: (progress: ImportProgress) => void;
  signal: AbortSignal | undefined;
}

/**
 * What checks and stores pictures of one import, a few at a time; called again with what points at what it stored before.
 *
 * @throws the signal's reason, once aborted; what was stored until then stays.
 */
export async function pictureTaker(taking: Taking): Promise<(plans: Plan[]) => Promise<void>> {
  const { lab, datasetId, cleaning, metadata, warnings, refused, progress, onProgress, signal } = taking;
  const known = await datasets.namesIn(lab.db, datasetId);
  const names = new Map<string, string>();
  for (const [name, row] of known) if (!names.has(row.sha256)) names.set(row.sha256, name);

  const refuse = (file: string, line: number | null, reason: string) => {
    refused.push({ file, line, reason });
    progress.refused++;
  };

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
    const checked = await datasets.claimImage(lab.db, sha256);
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
        datasetId,
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

  return take;
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
