import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { ImageSource } from '#lib/server/storage/image-source.ts';
import { importDataset } from '../import-dataset.ts';
import type { Lab } from '../lab.ts';
import { openSource, type OpenedSource } from './open-source.ts';
import { readList } from './read-list.ts';
import { forgetSize } from './receive-file.ts';
import {
  changeUpload,
  findUpload,
  isAskedToStop,
  keepProgress,
  keepReport,
  openUpload,
  readProgress,
  removeUploadedFiles,
  type Upload,
  type UploadOptions
} from './uploads.ts';

const TELL_MS = 500;
/** A worker that has not said anything for so long is believed dead. */
const SILENT_MS = 15_000;
/** From which Aug-KADID's transformations are drawn; the same as the shell's default. */
const TRANSFORMATIONS = 1;
const here = new Set<string>();

/**
 * Works on an import until it is done, stopped, has failed, or this process is told to stop; then another one goes on
 * with it, and what is in the dataset already is passed over.
 *
 * @returns false where somebody else is at work on it.
 */
export async function continueImport(lab: Lab, id: string): Promise<boolean> {
  let upload: Upload;
  try {
    upload = await findUpload(lab, id);
  } catch (error) {
    if (error instanceof BadInput) return true;
    throw error;
  }
  if (upload.state !== 'importing' || upload.options === null) return true;
  if (here.has(id)) return true;
  const other = await readProgress(lab, id);
  if (
    other !== null &&
    other.owner !== lab.processId &&
    lab.config.databaseUrl !== null &&
    Date.now() - Date.parse(other.at) < SILENT_MS
  ) {
    return false;
  }
  here.add(id);
  try {
    await work(lab, upload, upload.options);
  } finally {
    here.delete(id);
  }
  return true;
}

async function work(lab: Lab, upload: Upload, options: UploadOptions): Promise<void> {
  const { id } = upload;
  const startedAt = new Date().toISOString();
  const stop = new AbortController();
  const onStopping = () => stop.abort();
  lab.stopping.addEventListener('abort', onStopping, { once: true });
  let latest = { done: 0, total: 0, bytes: 0, imported: 0, alreadyThere: 0, refused: 0 };
  const tell = () =>
    keepProgress(lab, id, { ...latest, owner: lab.processId, startedAt, at: new Date().toISOString() });
  await tell();
  const timer = setInterval(() => {
    void tell()
      .then(async () => {
        if (await isAskedToStop(lab, id)) stop.abort();
      })
      .catch((error: unknown) => lab.log.error({ err: error, upload: id }, 'telling how far an import is'));
  }, TELL_MS);
  try {
    const source = await openUpload(lab, upload);
    try {
      const opened = await readAs(source, options);
      const report = await importDataset(
        lab,
        opened.source,
        {
          ...opened.options,
          name: options.name,
          scenario: options.scenario,
          mosRange: options.mosRange ?? opened.options.mosRange,
          ifMissing: options.ifMissing,
          cleanMetadata: options.cleanMetadata ?? false,
          licence: options.licence ?? opened.options.licence ?? null,
          attribute: options.attribute ?? opened.options.attribute ?? null
        },
        (progress) => {
          latest = progress;
        },
        stop.signal
      );
      report.warnings.unshift(...opened.warnings);
      await keepReport(lab, id, report);
    } finally {
      await source.close();
    }
    await tell();
    await changeUpload(lab, upload, { state: 'done' });
    forgetSize(id);
    await removeUploadedFiles(lab, id);
  } catch (error) {
    // Told to stop with the process: the state stays, and the next process goes on.
    if (lab.stopping.aborted) return;
    if (stop.signal.aborted) {
      await tell();
      await changeUpload(lab, upload, { state: 'stopped' });
    } else {
      if (!(error instanceof BadInput)) lab.log.error({ err: error, upload: id }, 'import');
      const problem =
        error instanceof BadInput ? error.onPage : 'Something unexpected went wrong; the log has it.';
      await changeUpload(lab, upload, { state: 'failed', problem });
    }
  } finally {
    clearInterval(timer);
    lab.stopping.removeEventListener('abort', onStopping);
  }
}

/** The files as what the person says they are. */
async function readAs(
  source: ImageSource,
  options: UploadOptions
): Promise<Pick<OpenedSource, 'source' | 'options' | 'warnings'>> {
  const { list, columns, scenario, layout } = options;
  if (layout !== 'folder') {
    return openSource(source, { scenario, layout, list: null, columns: null, seed: TRANSFORMATIONS });
  }
  const file = list === null ? null : (await source.files()).find(({ path }) => path === list);
  if (file === undefined) throw new BadInput('the list is not among the files', { file: list ?? '' });
  const mos = file === null ? null : await readList(file, columns);
  return {
    source,
    options: { mos, mosRange: null, layout, direction: options.lowerIsBetter ? -1 : 1 },
    warnings: []
  };
}
