import * as datasets from '#lib/server/db/datasets.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import type { Lab } from '../lab.ts';
import { checkName } from '../names.ts';
import { LAYOUT_CHOICES } from './open-source.ts';
import { isOfWords, listBytes } from './read-list.ts';
import {
  askToStop,
  changeUpload,
  findUpload,
  openUpload,
  withdrawStop,
  type Upload,
  type UploadOptions
} from './uploads.ts';

/**
 * Hands an upload to the background, with what the person said of it.
 * @throws BadInput naming what is missing or cannot be; nothing has begun then.
 */
export async function startImport(
  lab: Pick<Lab, 'db' | 'config' | 'queue'>,
  id: string,
  options: UploadOptions
): Promise<Upload> {
  const upload = await findUpload(lab, id);
  if (upload.state === 'importing') return upload;
  if (upload.state === 'done') throw new BadInput('this import is done');
  checkName('dataset', options.name);
  if (options.name === 'import') throw new BadInput('"import" cannot name a dataset');
  const existing = await datasets.byName(lab.db, options.name);
  if (existing !== null && existing.state === 'ready' && !options.ifMissing) {
    throw new Conflict(
      `a dataset named ${JSON.stringify(options.name)} exists already; give another name, or add to it`
    );
  }
  if (!LAYOUT_CHOICES.includes(options.layout)) {
    throw new BadInput(`there is no layout ${JSON.stringify(options.layout)}`);
  }
  const range = options.mosRange;
  if (
    range !== null &&
    !(Number.isFinite(range.low) && Number.isFinite(range.high) && range.low < range.high)
  ) {
    throw new BadInput('the scale needs both ends, the lower one first, such as 1 and 5');
  }
  if (options.layout === 'folder' && options.list !== null) await checkList(lab, upload, options);
  await withdrawStop(lab, id);
  const started = await changeUpload(lab, upload, { state: 'importing', options, problem: null });
  await lab.queue.send('import-dataset', id, { upload: id });
  return started;
}

async function checkList(lab: Pick<Lab, 'config'>, upload: Upload, options: UploadOptions): Promise<void> {
  const source = await openUpload(lab, upload);
  try {
    const file = (await source.files()).find(({ path }) => path === options.list);
    if (!file) throw new BadInput(`there is no list ${JSON.stringify(options.list)} among the files`);
    if (isOfWords(file.path, await listBytes(file))) return;
    for (const [key, noun] of [
      ['stimulus', 'names the stimulus'],
      ['mos', 'holds the MOS']
    ] as const) {
      if (!options.columns[key]) throw new BadInput(`say which column of ${file.path} ${noun}`);
    }
    if (options.scenario === 'full-reference' && !options.columns.reference) {
      throw new BadInput(`a full-reference dataset needs a column of ${file.path} that names each reference`);
    }
  } finally {
    await source.close();
  }
}

/** Stops the import of an upload; what has been taken in stays, and it can go on. */
export async function stopImport(lab: Pick<Lab, 'config'>, id: string): Promise<void> {
  const upload = await findUpload(lab, id);
  if (upload.state === 'importing') await askToStop(lab, id);
}
