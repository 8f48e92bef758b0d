import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { csvText } from '#lib/server/tables/write-table.ts';
import { readSheet } from '#lib/server/tables/read-sheet.ts';
import { mapColumns, readMosCsv, readMosList, type ColumnMapping, type MosTable } from '../mos-table.ts';
import { asTable, baseName, fileNamed, RESEARCH_USE, type PublishedLayout } from './layout.ts';

const NAME = /^\d{5}\.(jpe?g|png)$/i;

/** SPAQ: 11,125 smartphone photographs `TestImage/00001.jpg`, scores in `Annotations/MOS and Image attribute scores.xlsx`. */
export const spaq: PublishedLayout = {
  id: 'spaq',
  title: 'SPAQ',
  scenarios: ['no-reference'],
  attribute: 'structural and textural distortions (authentic)',
  licence: RESEARCH_USE,
  source: 'Fang, Zhu, Zeng, Ma and Wang, Perceptual quality assessment of smartphone photography, CVPR 2020',
  range: { low: 0, high: 100 },
  direction: 1,
  pairs: false,
  recognise(files) {
    if (!files.some((file) => /(^|\/)TestImage\//i.test(file.path) && NAME.test(baseName(file.path)))) {
      return null;
    }
    return {
      missing:
        listOf(files) === null ? ['Annotations/MOS and Image attribute scores.xlsx (or a CSV of it)'] : []
    };
  },
  async read(files, _scenario, given) {
    const list = given ?? listOf(files);
    return {
      mos: list === null ? { label: 'the scores', rows: [], refused: [], mapping: {} } : await readList(list),
      pictures: files.filter((file) => NAME.test(baseName(file.path))),
      warnings: []
    };
  }
};

async function readList(file: SourceFile): Promise<MosTable> {
  if (/\.txt$/i.test(file.path)) return readMosList(asTable(file));
  if (/\.csv$/i.test(file.path)) {
    const header = (await asText(file)).split(/\r\n|\n|\r/, 1)[0] ?? '';
    return readMosCsv(asTable(file), columnsOf(header.replace(/^\ufeff/, '').split(',')));
  }
  // The same reader, and so the same checks and messages, for sheet and CSV: row n of the sheet is line n.
  const rows = await readSheet(await file.read(), file.path);
  const width = Math.max(0, ...rows.map((row) => row.length));
  const text = csvText(rows.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? '')));
  const bytes = (async function* () {
    yield new TextEncoder().encode(text);
  })();
  return readMosCsv({ label: file.path, bytes }, columnsOf(rows[0] ?? []));
}

/** The authors' headers vary in case and spaces: "Image name", "MOS". */
function columnsOf(header: readonly string[]): ColumnMapping {
  const names = header.map((name) => name.trim().replace(/^"|"$/g, ''));
  const like = (pattern: RegExp) => names.find((name) => pattern.test(name));
  const stimulus = like(/^image\s*_?name$/i);
  const mos = like(/^mos$/i);
  return mapColumns(names, { ...(stimulus ? { stimulus } : {}), ...(mos ? { mos } : {}) });
}

function listOf(files: readonly SourceFile[]): SourceFile | null {
  return (
    fileNamed(files, /(^|\/)MOS and Image attribute scores\.xlsx$/i) ??
    fileNamed(files, /(^|\/)[^/]*MOS[^/]*\.(xlsx|csv|txt)$/i)
  );
}

async function asText(file: SourceFile): Promise<string> {
  return new TextDecoder().decode(await file.read());
}
