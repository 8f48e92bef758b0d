import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fullReferenceMetrics, type FullReferenceMetrics } from '#lib/metrics/full-reference.ts';
import type { PixelImage } from '#lib/metrics/image.ts';
import { decodePixels, inspectPixels } from '#lib/server/images/decode.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { openTable, quoted, readTable } from '#lib/server/tables/read-table.ts';
import { resolvePath } from '../arguments.ts';
import { COMMON_OPTIONS, type Command, type Terminal } from '../command.ts';
import { textTable } from '../table.ts';

export const metrics: Command = {
  name: 'metrics',
  summary: 'full-reference image metrics',
  usage: `limen metrics FILE

FILE is a CSV with the columns reference,distorted: PNG, JPEG, WebP or BMP files of the same size two by two, named
relative to the CSV's folder and inside it. "-" reads standard input, with paths relative to the working directory.
Pixels are taken as stored: no colour management, no turning by EXIF. Prints PSNR (dB), SSIM, MS-SSIM, FSIM, FSIMc,
GMSD and the mean CIEDE2000 difference of each pair; – where a metric does not exist.

  --json   one JSON document on standard output`,
  positionals: ['FILE'],
  options: { ...COMMON_OPTIONS },
  async run(args, terminal) {
    const file = args.positionals[0] as string;
    const pairs = await readPairs(file);
    await checkSizes(pairs);
    const rows = await measure(pairs, terminal);
    terminal.out(args.flag('json') ? `${JSON.stringify({ pairs: rows })}\n` : report(rows));
    return 0;
  }
};

type PairMetrics = { reference: string; distorted: string; identical?: true } & Omit<
  FullReferenceMetrics,
  'identical'
>;

interface NamedFile {
  /** As the CSV has it. */
  cell: string;
  /** Where it is, symbolic links followed. */
  path: string;
  place: { file: string; line: number; column: string };
}

interface Pair {
  reference: NamedFile;
  distorted: NamedFile;
}

/** Every pair of the list, each path proved to lead to a file inside the CSV's folder, before anything is decoded. */
async function readPairs(given: string): Promise<Pair[]> {
  const resolved = resolvePath(given);
  const source = await openTable(given, resolved);
  const cells: { reference: string; distorted: string; line: number }[] = [];
  let columns = { reference: -1, distorted: -1 };
  await readTable(
    source,
    ['reference', 'distorted'],
    (header) => {
      columns = { reference: header.indexOf('reference'), distorted: header.indexOf('distorted') };
    },
    (row) => {
      const cell = (column: 'reference' | 'distorted') => {
        const text = row.cells[columns[column]] as string;
        if (text.trim() !== '') return text;
        throw new BadInput('is empty; a path is needed', { file: source.label, line: row.line, column });
      };
      cells.push({ reference: cell('reference'), distorted: cell('distorted'), line: row.line });
    }
  );
  const folder = await realpath(given === '-' ? resolvePath('.') : path.dirname(resolved));
  const known = new Map<string, string>();
  const locate = async (cell: string, line: number, column: string): Promise<NamedFile> => {
    const place = { file: source.label, line, column };
    const found = known.get(cell) ?? (await fileInside(folder, cell, place));
    known.set(cell, found);
    return { cell, path: found, place };
  };
  const pairs: Pair[] = [];
  for (const { reference, distorted, line } of cells) {
    pairs.push({
      reference: await locate(reference, line, 'reference'),
      distorted: await locate(distorted, line, 'distorted')
    });
  }
  return pairs;
}

/**
 * @param folder a real path. @returns the real path of a file in it.
 * @throws BadInput for a path that leaves the folder, by its dots or by a link, and for what is no file.
 */
async function fileInside(folder: string, cell: string, place: NamedFile['place']): Promise<string> {
  const wanted = path.resolve(folder, cell);
  // Before the disk is asked: whether a file outside exists is nobody's business.
  if (!isInside(folder, wanted)) throw new BadInput(`${quoted(cell)} leads outside the CSV's folder`, place);
  try {
    const real = await realpath(wanted);
    if (!isInside(folder, real)) {
      throw new BadInput(`${quoted(cell)} leads outside the CSV's folder through a link`, place);
    }
    const info = await stat(real);
    if (info.isDirectory()) throw new BadInput(`${quoted(cell)} is a directory; an image is needed`, place);
    if (!info.isFile()) throw new BadInput(`${quoted(cell)} is no regular file`, place);
    return real;
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${quoted(cell)} ${reasonOf(error)}`, place);
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/**
 * Every file is looked at before the first is measured, so that a list of thousands does not fail at its end for
 * what its headers say.
 */
async function checkSizes(pairs: readonly Pair[]): Promise<void> {
  const sizes = new Map<string, { widthPx: number; heightPx: number }>();
  const sizeOf = async (file: NamedFile) => {
    const known = sizes.get(file.path);
    if (known) return known;
    const inspected = inspectPixels(await bytesOf(file));
    if (!inspected.ok) throw new BadInput(`${quoted(file.cell)}: ${inspected.reason}`, file.place);
    sizes.set(file.path, inspected);
    return inspected;
  };
  for (const { reference, distorted } of pairs) {
    const x = await sizeOf(reference);
    const y = await sizeOf(distorted);
    if (x.widthPx === y.widthPx && x.heightPx === y.heightPx) continue;
    throw new BadInput(
      `${quoted(distorted.cell)} is ${y.widthPx} × ${y.heightPx} pixels, its reference ${quoted(reference.cell)} ${x.widthPx} × ${x.heightPx}`,
      distorted.place
    );
  }
}

async function measure(pairs: readonly Pair[], terminal: Terminal): Promise<PairMetrics[]> {
  const rows: PairMetrics[] = [];
  // Lists tend to go reference by reference: the last one is kept, so memory is that of two images.
  let keptPath = '';
  let x: PixelImage | null = null;
  const start = performance.now();
  for (const { reference, distorted } of pairs) {
    if (x === null || keptPath !== reference.path) x = await imageOf(reference);
    keptPath = reference.path;
    const y = distorted.path === reference.path ? x : await imageOf(distorted);
    const { identical, ...values } = fullReferenceMetrics(x, y);
    rows.push({
      reference: reference.cell,
      distorted: distorted.cell,
      ...values,
      ...(identical ? { identical } : {})
    });
    // A short run has nothing to tell, and bad input found in it is answered with one line.
    if (performance.now() - start > 3000) terminal.progress(`${rows.length} of ${pairs.length} pairs`);
  }
  return rows;
}

async function imageOf(file: NamedFile): Promise<PixelImage> {
  const decoded = await decodePixels(await bytesOf(file));
  if (!decoded.ok) throw new BadInput(`${quoted(file.cell)}: ${decoded.reason}`, file.place);
  return decoded;
}

async function bytesOf({ cell, path: file, place }: NamedFile): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new BadInput(`${quoted(cell)} ${reasonOf(error)}`, place);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  if (code === 'ELOOP') return 'is a link in a circle';
  if (code === 'ENAMETOOLONG') return 'has too long a name';
  return `cannot be read (${code ?? 'unknown reason'})`;
}

function report(rows: readonly PairMetrics[]): string {
  const header = ['reference', 'distorted', 'PSNR', 'SSIM', 'MS-SSIM', 'FSIM', 'FSIMc', 'GMSD', 'CIEDE2000'];
  const cells = rows.map((row) => [
    row.reference,
    row.distorted,
    row.identical ? 'identical' : row.psnr,
    row.ssim,
    row.msSsim,
    row.fsim,
    row.fsimc,
    row.gmsd,
    row.ciede2000
  ]);
  return textTable(header, cells);
}
