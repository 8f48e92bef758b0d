import { readMosCsv, readMosList } from '../mos-table.ts';
import { asTable, baseName, fileNamed, RESEARCH_USE, type PublishedLayout } from './layout.ts';
import type { SourceFile } from '#lib/server/storage/image-source.ts';

/** Pictures are named by what made them: `AttnGAN_normal_000.jpg`, `sd1.5_lowstep_012.jpg`. */
const NAME = /^(AttnGAN|DALLE2|glide|midjourney|sd1\.5|xl2\.2)_\w+\.(jpg|jpeg|png)$/i;

/** AGIQA-3K: 2,982 generated pictures, `data.csv` with name, prompt, mos_quality, std_quality, mos_align, std_align. */
export const agiqa3k: PublishedLayout = {
  id: 'agiqa3k',
  title: 'AGIQA-3K',
  scenarios: ['no-reference'],
  attribute: 'algorithm-generated images',
  licence: RESEARCH_USE,
  source: 'Li et al., AGIQA-3K: an open database for AI-generated image quality assessment, IEEE TCSVT 2024',
  range: { low: 0, high: 5 },
  direction: 1,
  pairs: false,
  recognise(files) {
    if (!files.some((file) => NAME.test(baseName(file.path)))) return null;
    return { missing: listOf(files) === null ? ['data.csv (name, …, mos_quality, std_quality, …)'] : [] };
  },
  async read(files, _scenario, given) {
    const list = given ?? listOf(files);
    const table =
      list === null
        ? { label: 'data.csv', rows: [], refused: [], mapping: {} }
        : /\.csv$/i.test(list.path)
          ? await readMosCsv(asTable(list), { stimulus: 'name', mos: 'mos_quality', sigma: 'std_quality' })
          : await readMosList(asTable(list));
    return {
      mos: {
        ...table,
        // The generator takes the place of a distortion: figures are wanted for each.
        rows: table.rows.map((row) => ({
          ...row,
          distortion: NAME.exec(baseName(row.stimulus))?.[1] ?? row.distortion
        }))
      },
      pictures: files.filter((file) => /\.(jpe?g|png|webp|bmp)$/i.test(file.path)),
      warnings: []
    };
  }
};

function listOf(files: readonly SourceFile[]): SourceFile | null {
  return (
    fileNamed(files, /(^|\/)data\.csv$/i) ??
    fileNamed(files, /(^|\/)([^/]*agiqa[^/]*(mos|std)[^/]*\.(txt|csv)|mos_std\.txt)$/i)
  );
}
