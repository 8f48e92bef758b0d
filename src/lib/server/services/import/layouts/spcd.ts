import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { readMosCsv, readMosList } from '../mos-table.ts';
import { asTable, baseName, fileNamed, RESEARCH_USE, type PublishedLayout } from './layout.ts';

/** `I0092_01_02.png`: scene, device, version. */
const NAME = /^(I\d{4})_(\d\d)_(\d\d)\.(png|jpe?g)$/i;

/**
 * SPCD: pairs of photographs of one scene with a perceived colour *difference*, lower is closer; a picture stands in many
 * pairs. The list has `I0092_01_01.png I0092_01_02.png score [std]` a line.
 */
export const spcd: PublishedLayout = {
  id: 'spcd',
  title: 'SPCD',
  scenarios: ['full-reference'],
  attribute: 'color differences',
  licence: RESEARCH_USE,
  source: 'Wang et al., Measuring perceptual color differences of smartphone photographs, IEEE TPAMI 2023',
  range: null,
  direction: -1,
  pairs: true,
  recognise(files) {
    if (!files.some((file) => NAME.test(baseName(file.path)))) return null;
    return { missing: listOf(files) === null ? ['the list of pairs (first, second, score)'] : [] };
  },
  async read(files, _scenario, given) {
    const list = given ?? listOf(files);
    const table =
      list === null
        ? { label: 'the list of pairs', rows: [], refused: [], mapping: {} }
        : /\.csv$/i.test(list.path)
          ? await readMosCsv(asTable(list), {}, { pairs: true })
          : await readMosList(asTable(list), { pairs: true });
    return {
      mos: {
        ...table,
        rows: table.rows.map((row) => ({
          ...row,
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
    fileNamed(files, /(^|\/)[^/]*(spcd|pair|mos|score)[^/]*\.txt$/i) ??
    fileNamed(files, /(^|\/)[^/]*(spcd|pair|mos|score|label)[^/]*\.csv$/i)
  );
}
