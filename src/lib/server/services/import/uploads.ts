import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Scenario } from '#lib/domain/study.ts';
import { folderSource, zipSource, type ImageSource } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { ImportProgress, ImportReport } from '../import-dataset.ts';
import type { Lab } from '../lab.ts';
import type { ColumnMapping } from './mos-table.ts';
import type { LayoutChoice } from './open-source.ts';

/** What the person said on the mapping page. */
export interface UploadOptions {
  name: string;
  scenario: Scenario;
  /** A published dataset in its authors' layout, or a folder with a list. */
  layout: LayoutChoice;
  /** Path of the list among the files; null for pictures alone. */
  list: string | null;
  columns: ColumnMapping;
  mosRange: { low: number; high: number } | null;
  lowerIsBetter: boolean;
  licence: string | null;
  attribute: string | null;
  /** Store pictures without metadata that could tell where they come from. */
  cleanMetadata?: boolean;
  /** Add to the dataset where it exists already. */
  ifMissing: boolean;
}

/**
 * Files that a browser brought, on their way to being a dataset. An upload is a folder under DATA_DIR/uploads, and so is
 * its state: it survives a restart, and every process of a lab sees it.
 */
export interface Upload {
  id: string;
  /** What the person calls it: the folder's or the archive's name. */
  label: string;
  kind: 'folder' | 'zip';
  state: 'receiving' | 'importing' | 'done' | 'stopped' | 'failed';
  createdAt: string;
  changedAt: string;
  options: UploadOptions | null;
  /** Why it failed. */
  problem: string | null;
}

/** How far an import is; written by whoever works on it, about twice a second. */
export interface UploadProgress extends ImportProgress {
  owner: string;
  startedAt: string;
  at: string;
}

export const ARCHIVE = 'archive.zip';

type Home = Pick<Lab, 'config'>;

const root = (lab: Home) => path.join(lab.config.dataDir, 'uploads');

/** @throws BadInput for what is no upload's id: it becomes part of a path. */
export function uploadFolder(lab: Home, id: string): string {
  if (!/^[A-Za-z0-9_-]{22}$/.test(id)) throw new BadInput('there is no such import');
  return path.join(root(lab), id);
}

export async function createUpload(lab: Home, kind: Upload['kind'], label: string): Promise<Upload> {
  const now = new Date().toISOString();
  const upload: Upload = {
    id: randomBytes(16).toString('base64url'),
    label: label.trim().slice(0, 200) || (kind === 'zip' ? 'archive' : 'folder'),
    kind,
    state: 'receiving',
    createdAt: now,
    changedAt: now,
    options: null,
    problem: null
  };
  const folder = uploadFolder(lab, upload.id);
  await mkdir(path.join(folder, 'files'), { recursive: true, mode: 0o700 });
  await keep(folder, 'upload.json', upload);
  return upload;
}

export async function findUpload(lab: Home, id: string): Promise<Upload> {
  const upload = await read<Upload>(uploadFolder(lab, id), 'upload.json');
  if (upload === null)
    throw new BadInput('there is no such import; uploads that nobody imported are removed after a day');
  return upload;
}

export async function changeUpload(lab: Home, upload: Upload, change: Partial<Upload>): Promise<Upload> {
  const changed = { ...upload, ...change, changedAt: new Date().toISOString() };
  await keep(uploadFolder(lab, upload.id), 'upload.json', changed);
  return changed;
}

export const readProgress = (lab: Home, id: string) =>
  read<UploadProgress>(uploadFolder(lab, id), 'progress.json');
export const keepProgress = (lab: Home, id: string, progress: UploadProgress) =>
  keep(uploadFolder(lab, id), 'progress.json', progress);
export const readReport = (lab: Home, id: string) => read<ImportReport>(uploadFolder(lab, id), 'report.json');
export const keepReport = (lab: Home, id: string, report: ImportReport) =>
  keep(uploadFolder(lab, id), 'report.json', report);

/** A request to stop is a file: whichever process works on the import sees it. */
export const askToStop = (lab: Home, id: string) => keep(uploadFolder(lab, id), 'stop', true);
export const isAskedToStop = async (lab: Home, id: string) =>
  (await read<boolean>(uploadFolder(lab, id), 'stop')) === true;
export const withdrawStop = (lab: Home, id: string) =>
  rm(path.join(uploadFolder(lab, id), 'stop'), { force: true });

/** Names that were refused while files came in, a line each. */
export async function addRefused(lab: Home, id: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const text = lines.map((line) => JSON.stringify(line) + '\n').join('');
  await appendFile(path.join(uploadFolder(lab, id), 'refused.jsonl'), text, { mode: 0o600 });
}

export async function readRefused(lab: Home, id: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(path.join(uploadFolder(lab, id), 'refused.jsonl'), 'utf8');
  } catch {
    return [];
  }
  // The same batch may have come twice.
  const lines = new Set(text.split('\n').filter((line) => line !== ''));
  return [...lines].map((line) => JSON.parse(line) as string);
}

/** Newest first. */
export async function listUploads(lab: Home): Promise<Upload[]> {
  let names: string[];
  try {
    names = await readdir(root(lab));
  } catch {
    return [];
  }
  const found: Upload[] = [];
  for (const name of names) {
    if (!/^[A-Za-z0-9_-]{22}$/.test(name)) continue;
    const upload = await read<Upload>(path.join(root(lab), name), 'upload.json');
    if (upload !== null) found.push(upload);
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** The files that were brought, as an import reads them. */
export async function openUpload(lab: Home, upload: Upload): Promise<ImageSource> {
  const folder = uploadFolder(lab, upload.id);
  const files = await folderSource(path.join(folder, 'files'), upload.label);
  if (upload.kind === 'folder') return files;
  const archive = await zipSource(path.join(folder, ARCHIVE), upload.label);
  // A list that came beside the archive stands among its files, and for one of the same name in it.
  return {
    label: upload.label,
    files: async () => {
      const beside = await files.files();
      const names = new Set(beside.map((file) => file.path));
      return [...(await archive.files()).filter((file) => !names.has(file.path)), ...beside];
    },
    close: () => archive.close()
  };
}

export async function removeUpload(lab: Home, id: string): Promise<void> {
  await rm(uploadFolder(lab, id), { recursive: true, force: true });
}

/** The pictures are in storage now: what is left of the upload is its report. */
export async function removeUploadedFiles(lab: Home, id: string): Promise<void> {
  const folder = uploadFolder(lab, id);
  await rm(path.join(folder, 'files'), { recursive: true, force: true });
  await rm(path.join(folder, ARCHIVE), { force: true });
}

async function keep(folder: string, name: string, value: unknown): Promise<void> {
  const temporary = path.join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
  await writeFile(temporary, JSON.stringify(value), { mode: 0o600 });
  await rename(temporary, path.join(folder, name));
}

async function read<T>(folder: string, name: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
