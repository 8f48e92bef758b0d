import { BadInput } from '#lib/server/tables/bad-input.ts';
import { readTable } from '#lib/server/tables/read-table.ts';
import type { Lab } from '../lab.ts';
import { recogniseLayout, type Recognised } from './layouts/index.ts';
import { inferMosRange, mapColumns, readMosCsv, readMosList, type ColumnMapping } from './mos-table.ts';
import { isList, isOfWords, listBytes, one } from './read-list.ts';
import { openUpload, type Upload } from './uploads.ts';

export interface ListPreview {
  path: string;
  /** Null for a list of words: its columns are what they are. */
  header: string[] | null;
  rows: string[][];
  /** Guessed from the header. */
  mapping: ColumnMapping;
  /** Rows that read, and those that do not, under that guess; null while MOS or stimulus are not found. */
  counts: { rows: number; refused: number } | null;
  /** The scale that the MOS seem to be on. */
  range: { low: number; high: number } | null;
  problem: string | null;
}

export interface UploadPreview {
  pictures: number;
  bytes: number;
  firstPictures: string[];
  lists: string[];
  list: ListPreview | null;
  /** The published dataset that these files look like. */
  recognised: Recognised | null;
  /** The whole upload cannot be read: a broken archive. */
  problem: string | null;
}

const ROWS = 6;

/** What was brought, and how its list reads: the ground of the mapping page. Nothing is stored. */
export async function previewUpload(
  lab: Pick<Lab, 'config'>,
  upload: Upload,
  wanted: string | null
): Promise<UploadPreview> {
  const empty = { pictures: 0, bytes: 0, firstPictures: [], lists: [], list: null, recognised: null };
  let source;
  try {
    source = await openUpload(lab, upload);
  } catch (error) {
    if (error instanceof BadInput) return { ...empty, problem: error.onPage };
    throw error;
  }
  try {
    const files = await source.files();
    const pictures = files.filter((file) => /\.(png|jpe?g|webp|bmp|gif|tiff?|avif|heic)$/i.test(file.path));
    // Shallow lists first, and CSV before text: a read-me is rarely the list.
    const lists = files
      .filter((file) => isList(file.path))
      .sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
    const previews: ListPreview[] = [];
    const asked = lists.find((file) => file.path === wanted);
    for (const file of asked ? [asked] : wanted === '' ? [] : lists.slice(0, 5)) {
      const bytes = await listBytes(file);
      const preview = await previewList(file.path, bytes);
      previews.push(preview);
      if (preview.counts !== null) break;
    }
    return {
      pictures: pictures.length,
      bytes: pictures.reduce((sum, file) => sum + file.byteLength, 0),
      firstPictures: pictures.slice(0, 4).map((file) => file.path),
      lists: lists.map((file) => file.path),
      list: previews.find(({ counts }) => counts !== null) ?? (asked ? (previews[0] ?? null) : null),
      recognised: recogniseLayout(files),
      problem: null
    };
  } catch (error) {
    if (error instanceof BadInput) return { ...empty, problem: error.onPage };
    throw error;
  } finally {
    await source.close();
  }
}

function rank(path: string): number {
  return path.split('/').length * 2 + (/\.csv$/i.test(path) ? 0 : 1);
}

async function previewList(path: string, bytes: Uint8Array): Promise<ListPreview> {
  const blank = { path, header: null, rows: [], mapping: {}, counts: null, range: null, problem: null };
  const source = () => ({ label: path, bytes: one(bytes) });
  try {
    if (isOfWords(path, bytes)) {
      const table = await readMosList(source());
      const rows = new TextDecoder()
        .decode(bytes.subarray(0, 4000))
        .split(/\r\n|\n|\r/)
        .slice(0, ROWS)
        .map((line) => line.trim().split(/\s+/));
      if (table.rows.length === 0) return { ...blank, rows, problem: table.refused[0]?.reason ?? null };
      const counts = { rows: table.rows.length, refused: table.refused.length };
      return { ...blank, rows, mapping: table.mapping, counts, range: inferMosRange(table.rows) };
    }
    const rows: string[][] = [];
    let header: string[] = [];
    await readTable(
      source(),
      [],
      ({ names }) => {
        header = names;
      },
      ({ cells }) => {
        if (rows.length < ROWS) rows.push(cells);
      },
      () => {}
    );
    const mapping = mapColumns(header, {});
    const known = { ...blank, header, rows, mapping };
    if (mapping.stimulus === undefined || mapping.mos === undefined) return known;
    const table = await readMosCsv(source(), {});
    const counts = { rows: table.rows.length, refused: table.refused.length };
    return { ...known, counts, range: inferMosRange(table.rows) };
  } catch (error) {
    if (error instanceof BadInput) return { ...blank, problem: error.onPage };
    throw error;
  }
}
