import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ImportParams, Progress } from '#lib/server/services/shell/shell-commands.ts';
import { folderSource, type SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { zipStream, type ZipEntry } from '#lib/server/tables/write-zip.ts';
import type { ApiClient } from './api-client.ts';

interface ImportDocument {
  import: string;
  state: string;
  problem: string | null;
  done: number;
  total: number;
  report: { imported: number; refused: unknown[] } | null;
}

/**
 * Sends a folder to a lab elsewhere, packed on the way and never held whole, and waits until it is a dataset there.
 * @returns the import's report.
 */
export async function sendFolder(
  client: ApiClient,
  params: ImportParams,
  progress: Progress
): Promise<unknown> {
  const { name, scenario, directory, directoryLabel, mosFile, mosLabel, columns, mosRange, layout } = params;
  if (params.seed !== 1) throw new BadInput('limen import: --seed does not go with --server');
  // A gigabyte should not be on its way before this is said.
  const datasets = (await client.all('/datasets')) as { name: string; state: string }[];
  if (!params.ifMissing && datasets.some((one) => one.name === name && one.state === 'ready')) {
    throw new BadInput(`a dataset named ${JSON.stringify(name)} exists already`, { option: '--if-missing' });
  }
  const files = await (await folderSource(directory, directoryLabel)).files();
  const inside = mosFile === null ? null : path.relative(directory, mosFile).split(path.sep).join('/');
  const isInside = inside !== null && files.some((file) => file.path === inside);
  const beside = mosFile === null || isInside ? null : `list-of-mos/${path.basename(mosFile)}`;
  if (mosFile !== null && beside !== null) await readable(mosFile, mosLabel ?? mosFile);

  const query = new URLSearchParams({ name, scenario, ifMissing: String(params.ifMissing) });
  if (layout !== null) query.set('layout', layout);
  if (mosFile !== null) query.set('list', beside ?? (inside as string));
  if (columns !== null) query.set('columns', columns);
  if (mosRange !== null) {
    query.set('low', String(mosRange.low));
    query.set('high', String(mosRange.high));
  }
  const total = files.reduce((sum, file) => sum + file.byteLength, 0);
  const archive = zipStream(entries(files, beside, mosFile, total, progress));
  let state = (await client.send(`/imports?${query}`, 'application/zip', archive)) as ImportDocument;
  while (state.state === 'importing') {
    progress({ done: state.done, total: state.total, note: 'pictures taken in' });
    await wait(500);
    state = (await client.json('GET', `/imports/${state.import}`)) as ImportDocument;
  }
  if (state.report === null) throw new BadInput(state.problem ?? `the import was ${state.state} there`);
  return state.report;
}

async function* entries(
  files: readonly SourceFile[],
  beside: string | null,
  mosFile: string | null,
  totalBytes: number,
  progress: Progress
): AsyncGenerator<ZipEntry> {
  let sent = 0;
  if (beside !== null && mosFile !== null) yield { name: beside, input: createReadStream(mosFile) };
  for (const file of files) {
    yield { name: file.path, input: await file.read() };
    sent += file.byteLength;
    progress({ done: sent, total: totalBytes, note: 'bytes sent' });
  }
}

async function readable(file: string, label: string): Promise<void> {
  await access(file).catch(() => {
    throw new BadInput('there is no such file', { file: label });
  });
}
