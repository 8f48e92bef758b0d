import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { readMosCsv, readMosList } from '../mos-table.ts';
import { asTable, baseName, fileNamed, RESEARCH_USE, type PublishedLayout } from './layout.ts';

/** `5-0.png` is the reference of `5-1.png` … `5-15.png`. */
const NAME = /^(\d+)-(\d+)\.png$/i;

/** TQD: ten textures, each with fifteen versions; the list has `images/5-0.png images/5-1.png 0.71471` a line. */
export const tqd: PublishedLayout = {
  id: 'tqd',
  title: 'TQD',
  scenarios: ['full-reference'],
  attribute: 'texture similarity',
  licence: RESEARCH_USE,
  source:
    'Ding, Ma, Wang and Simoncelli, Image quality assessment: unifying structure and texture similarity, IEEE TPAMI 2022',
  range: { low: 0, high: 1 },
  direction: 1,
  pairs: false,
  recognise(files) {
    const names = files.flatMap((file) => NAME.exec(baseName(file.path)) ?? []);
    if (names.length === 0) return null;
    const missing: string[] = [];
    if (listOf(files) === null) missing.push('the MOS list (reference, image, MOS)');
    if (!files.some((file) => NAME.exec(baseName(file.path))?.[2] === '0'))
      missing.push('the references (images/R-0.png)');
    return { missing };
  },
  async read(files, _scenario, given) {
    const list = given ?? listOf(files);
    const table =
      list === null
        ? { label: 'the MOS list', rows: [], refused: [], mapping: {} }
        : /\.csv$/i.test(list.path)
          ? await readMosCsv(asTable(list), {})
          : await readMosList(asTable(list));
    const referenceOf = (stimulus: string): string | null => {
      const parts = NAME.exec(baseName(stimulus));
      return parts ? stimulus.replace(/[^/]+$/, `${parts[1]}-0.png`) : null;
    };
    return {
      mos: {
        ...table,
        rows: table.rows.map((row) => ({
          ...row,
          reference: row.reference ?? referenceOf(row.stimulus),
          content: NAME.exec(baseName(row.stimulus))?.[1] ?? null
        }))
      },
      pictures: files.filter((file) => NAME.test(baseName(file.path))),
      warnings: []
    };
  }
};

function listOf(files: readonly SourceFile[]): SourceFile | null {
  return (
    fileNamed(files, /(^|\/)[^/]*mos[^/]*\.txt$/i) ??
    fileNamed(files, /(^|\/)[^/]*(mos|score)[^/]*\.csv$/i) ??
    fileNamed(files, /(^|\/)[^/]*tqd[^/]*\.(txt|csv)$/i)
  );
}
