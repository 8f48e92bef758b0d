import { createHash } from 'node:crypto';
import * as v from 'valibot';
import * as bundles from '#lib/server/db/bundles.ts';
import type { Db } from '#lib/server/db/client.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as studies from '#lib/server/db/studies.ts';
import { openZip, type ZipReader } from '#lib/server/storage/zip-lines.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { recordOf, resultsOf } from '../analyse-study.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';
import { writeDesign } from '../write-design.ts';
import { BUNDLE_FORMAT, figuresText, HEAD_FILES } from './bundle.ts';
import { storeRegistered } from './store-registered.ts';
import { storeVotes } from './store-votes.ts';

export interface BundleReport {
  study: string;
  designHash: string;
  presentations: number;
  responses: number;
  completions: number;
  /** Files of stimuli that came with it. */
  pictures: number;
  /** Whether the figures that follow from the votes here are, to the last digit, those that came with them. */
  sameFigures: boolean;
  /** The first line that is another, where they are not. */
  firstDifference: { was: string; is: string } | null;
}

const Manifest = v.object({
  format: v.literal(BUNDLE_FORMAT),
  study: v.string(),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  designHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  pictures: v.boolean()
});

type Head = Record<(typeof HEAD_FILES)[number], bundles.PlainRow[]>;

/**
 * Takes a study's bundle in, whole or not at all, under its own name, and computes its figures anew.
 *
 * @throws BadInput when it is no bundle, was changed on the way, or the lab has that study or other stimuli by those names.
 */
export async function importBundle(
  lab: Pick<Lab, 'db' | 'storage'>,
  file: string,
  label: string
): Promise<BundleReport> {
  const zip = await openZip(file, label);
  try {
    const manifest = await readManifest(zip, label);
    const head = await readHead(zip, label);
    const given = await zip.text('figures.json');
    const pictures = await storePictures(lab, zip, label);
    let counts = { presentations: 0, responses: 0, completions: 0 };
    const studyId = await lab.db.transaction(async (tx) => {
      const stored = await storeHead(tx, head, label);
      await storeRegistered(tx, zip, stored.studyId, label);
      counts = await storeVotes(tx, zip.lines('tables/votes.jsonl'), stored, label);
      await bundles.lockAt(tx, stored.studyId, head.study[0]?.['locked_at']);
      const study = (await studies.byId(tx, stored.studyId)) as studies.Study;
      const design = await writeDesign({ db: tx }, study);
      const hash = createHash('sha256').update(design.text).digest('hex');
      if (hash !== manifest.designHash)
        throw new BadInput(`its trials and stimuli do not give the design hash ${manifest.designHash}`, {
          file: label
        });
      return stored.studyId;
    });
    const study = (await studies.byId(lab.db, studyId)) as studies.Study;
    const now = figuresText(await resultsOf(await recordOf(lab, study)));
    return {
      study: studies.addressOf(study),
      designHash: study.designHash,
      ...counts,
      pictures,
      sameFigures: now === given,
      firstDifference: now === given ? null : difference(given, now)
    };
  } finally {
    zip.close();
  }
}

async function readManifest(zip: ZipReader, label: string) {
  const parsed = v.safeParse(Manifest, json(await zip.text('bundle.json'), 'bundle.json', label));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new BadInput(`is no bundle that this lab reads: bundle.json: ${issue.message}`, { file: label });
  }
  checkName('study', parsed.output.study);
  return parsed.output;
}

async function readHead(zip: ZipReader, label: string): Promise<Head> {
  const head = {} as Head;
  for (const name of HEAD_FILES) {
    const rows: bundles.PlainRow[] = [];
    let line = 0;
    for await (const text of zip.lines(`tables/${name}.jsonl`)) {
      line++;
      rows.push(json(text, `tables/${name}.jsonl line ${line}`, label) as bundles.PlainRow);
    }
    head[name] = rows;
  }
  if (head.study.length !== 1 || head.dataset.length !== 1)
    throw new BadInput('holds no study, or several', { file: label });
  return head;
}

/** Bytes go in by their hash; what does not have the hash that it is named by is refused. */
async function storePictures(lab: Pick<Lab, 'storage'>, zip: ZipReader, label: string): Promise<number> {
  let stored = 0;
  for (const name of zip.names) {
    if (!name.startsWith('pictures/') || name.endsWith('/')) continue;
    const bytes = await zip.bytes(name);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (name !== `pictures/${sha256}`)
      throw new BadInput(`${name} has the SHA-256 ${sha256}: it was changed`, { file: label });
    await lab.storage.put(bytes);
    stored++;
  }
  return stored;
}

export interface StoredHead {
  studyId: number;
  trials: Map<number, number>;
  stimuli: Map<number, number>;
  sessions: Map<number, number>;
}

/** Ids of the bundle to ids here. */
async function storeHead(tx: Db, head: Head, label: string): Promise<StoredHead> {
  const [study] = head.study as [bundles.PlainRow];
  const [dataset] = head.dataset as [bundles.PlainRow];
  const name = String(study['name']);
  const versions = await studies.versionsOf(tx, name);
  if (versions.some(({ version }) => version === study['version']))
    throw new BadInput(`a study named ${JSON.stringify(name)} in this version exists already`, {
      file: label
    });

  await bundles.insertPlain(tx, 'images', head.images);
  await bundles.insertPlain(tx, 'downsized_images', head.downsized);
  const { datasetId, stimuli } = await storeStimuli(tx, dataset, head.stimuli, label);
  const [studyId] = (await bundles.insertPlain(tx, 'studies', [
    { ...study, dataset_id: datasetId, subset_id: null, locked_at: null }
  ])) as [number];
  const trials = new Map<number, number>();
  for (const slice of slices(head.trials)) {
    const ids = await bundles.insertPlain(
      tx,
      'trials',
      slice.map((row) => ({
        ...row,
        study_id: studyId,
        dataset_id: datasetId,
        reference_id: row['reference_id'] === null ? null : mapped(stimuli, row['reference_id'], label)
      }))
    );
    slice.forEach((row, index) => trials.set(Number(row['id']), ids[index] as number));
    await bundles.insertPlain(
      tx,
      'trial_stimuli',
      slice.flatMap((row, index) =>
        (row['stimuli'] as number[]).map((id, slot) => ({
          trial_id: ids[index],
          dataset_id: datasetId,
          slot,
          stimulus_id: mapped(stimuli, id, label)
        }))
      )
    );
  }
  const observers = await storeObservers(tx, head.observers, name);
  const sessionIds = await bundles.insertPlain(
    tx,
    'sessions',
    head.sessions.map((row) => ({
      ...row,
      study_id: studyId,
      observer_id: mapped(observers, row['observer_id'], label)
    }))
  );
  const sessions = new Map(
    head.sessions.map((row, index) => [Number(row['id']), sessionIds[index] as number])
  );
  for (const row of head.runs) {
    const state = String(row['state']);
    await bundles.insertPlain(tx, 'runs', [
      {
        ...row,
        session_id: mapped(sessions, row['session_id'], label),
        // Nobody goes on asking an endpoint because its answers came in.
        state: ['queued', 'running'].includes(state) ? 'paused' : state,
        shown_instead: instead(row['shown_instead'], stimuli, label)
      }
    ]);
  }
  await bundles.insertPlain(tx, 'prompt_texts', head.prompts);
  return { studyId, trials, stimuli, sessions };
}

/** A dataset of that name that has the same pictures under the same names serves; otherwise it is made. */
async function storeStimuli(
  tx: Db,
  dataset: bundles.PlainRow,
  rows: readonly bundles.PlainRow[],
  label: string
): Promise<{ datasetId: number; stimuli: Map<number, number> }> {
  const name = String(dataset['name']);
  const existing = await datasets.byName(tx, name);
  if (existing) {
    const known = new Map((await datasets.stimuliOf(tx, existing.id)).map((row) => [row.name, row]));
    const stimuli = new Map<number, number>();
    for (const row of rows) {
      const here = known.get(String(row['name']));
      if (
        !here ||
        here.imageSha256 !== row['image_sha256'] ||
        here.mos !== row['mos'] ||
        here.sigma !== row['sigma']
      ) {
        throw new BadInput(
          `the lab has a dataset ${JSON.stringify(name)} whose ${JSON.stringify(row['name'])} is ${here ? 'another picture, or has another MOS' : 'missing'}`,
          { file: label }
        );
      }
      stimuli.set(Number(row['id']), here.id);
    }
    return { datasetId: existing.id, stimuli };
  }
  const [datasetId] = (await bundles.insertPlain(tx, 'datasets', [{ ...dataset, state: 'ready' }])) as [
    number
  ];
  const stimuli = new Map<number, number>();
  // References first, each half in its own order: what was made from them points at them.
  for (const half of [
    rows.filter((row) => row['reference_id'] === null),
    rows.filter((row) => row['reference_id'] !== null)
  ]) {
    for (const slice of slices(half)) {
      const ids = await bundles.insertPlain(
        tx,
        'stimuli',
        slice.map((row) => ({
          ...row,
          dataset_id: datasetId,
          reference_id: row['reference_id'] === null ? null : mapped(stimuli, row['reference_id'], label)
        }))
      );
      slice.forEach((row, index) => stimuli.set(Number(row['id']), ids[index] as number));
    }
  }
  return { datasetId, stimuli };
}

/** A model of the same name is the same model; a person of the same name is another, and gets the study's beside it. */
async function storeObservers(
  tx: Db,
  rows: readonly bundles.PlainRow[],
  study: string
): Promise<Map<number, number>> {
  const taken = await bundles.observerNames(
    tx,
    rows.map((row) => String(row['name']))
  );
  const observers = new Map<number, number>();
  for (const row of rows) {
    const name = String(row['name']);
    const here = taken.get(name);
    if (here && here.kind === row['kind'] && row['kind'] === 'model') {
      observers.set(Number(row['id']), here.id);
      continue;
    }
    const [id] = (await bundles.insertPlain(tx, 'observers', [
      { ...row, name: here ? `${name} (${study})` : name }
    ])) as [number];
    observers.set(Number(row['id']), id);
  }
  return observers;
}

function instead(value: unknown, stimuli: Map<number, number>, label: string): unknown {
  if (value === null || typeof value !== 'object') return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([from, to]) => [
      mapped(stimuli, Number(from), label),
      mapped(stimuli, to, label)
    ])
  );
}

export function mapped(map: ReadonlyMap<number, number>, id: unknown, label: string): number {
  const found = map.get(Number(id));
  if (found === undefined)
    throw new BadInput(`is not whole: a row points at ${String(id)}, which is not in it`, { file: label });
  return found;
}

function* slices<T>(rows: readonly T[], size = 2000): Generator<T[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}

export function json(text: string, where: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadInput(`${where} is no JSON`, { file: label });
  }
}

function difference(given: string, now: string): { was: string; is: string } {
  const was = given.split('\n');
  const is = now.split('\n');
  const at = was.findIndex((line, index) => line !== is[index]);
  const place = at === -1 ? was.length : at;
  return { was: was[place]?.trim() ?? '', is: is[place]?.trim() ?? '' };
}
