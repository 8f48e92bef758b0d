import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { readMosCsv, readMosList, type MosTable } from '../mos-table.ts';
import { asTable, baseName, fileNamed, type LayoutContents, type PublishedLayout } from './layout.ts';

/** The 25 distortions, in the order of their numbers in file names. */
const DISTORTIONS = [
  'Gaussian blur',
  'lens blur',
  'motion blur',
  'colour diffusion',
  'colour shift',
  'colour quantization',
  'colour saturation (HSV)',
  'colour saturation (Lab)',
  'JPEG 2000',
  'JPEG',
  'white noise',
  'white noise in colour components',
  'impulse noise',
  'multiplicative noise',
  'denoising',
  'brightening',
  'darkening',
  'mean shift',
  'jitter',
  'non-eccentricity patches',
  'pixelation',
  'quantization',
  'colour blocks',
  'sharpening',
  'contrast change'
] as const;

const DISTORTED = /^(I\d\d)_(\d\d)_(\d\d)\.png$/i;
const REFERENCE = /^I\d\d\.png$/i;

/** KADID-10k (81 references × 25 distortions × 5 levels): FR-KADID with its references, NR-KADID without. */
export const kadid10k: PublishedLayout = {
  id: 'kadid10k',
  title: 'KADID-10k',
  scenarios: ['full-reference', 'no-reference'],
  attribute: 'structural and textural distortions (synthetic)',
  licence: 'Pixabay licence',
  source: 'Lin, Hosu and Saupe, KADID-10k: a large-scale artificially distorted IQA database, QoMEX 2019',
  range: { low: 1, high: 5 },
  direction: 1,
  pairs: false,
  recognise(files) {
    if (!files.some((file) => DISTORTED.test(baseName(file.path)))) return null;
    const missing: string[] = [];
    if (listOf(files) === null) missing.push('dmos.csv (dist_img, ref_img, dmos, var)');
    if (!files.some((file) => REFERENCE.test(baseName(file.path))))
      missing.push('the references (images/I01.png …), which FR needs');
    return { missing };
  },
  async read(files, scenario, given) {
    const list = given ?? listOf(files);
    const mos = list === null ? noList() : await readKadidList(list);
    const judged = new Set(mos.rows.map((row) => baseName(row.stimulus)));
    return {
      mos,
      // NR-KADID is KADID-10k without its references.
      pictures: files.filter((file) => {
        const name = baseName(file.path);
        return (
          DISTORTED.test(name) || judged.has(name) || (scenario === 'full-reference' && REFERENCE.test(name))
        );
      }),
      warnings: []
    };
  }
};

/** KADID-10k, each reference geometrically transformed at the import (`transformReferences`); the scores stay. */
export const augKadid: PublishedLayout = {
  ...kadid10k,
  id: 'aug-kadid',
  title: 'Aug-KADID',
  scenarios: ['full-reference'],
  attribute: 'geometric transformations (with structural and textural distortions)',
  // The same files: only the person can say that this is what they want.
  recognise: () => null
};

function listOf(files: readonly SourceFile[]): SourceFile | null {
  return (
    fileNamed(files, /(^|\/)dmos\.csv$/i) ??
    fileNamed(files, /(^|\/)[^/]*kadid[^/]*(mos|std)[^/]*\.txt$/i) ??
    fileNamed(files, /(^|\/)mos_std\.txt$/i)
  );
}

function noList(): MosTable {
  return { label: 'dmos.csv', rows: [], refused: [], mapping: {} };
}

/** `var` is the variance of the opinions; σ is its root. Distortion, level and content stand in the file names. */
async function readKadidList(file: SourceFile): Promise<LayoutContents['mos']> {
  const csv = /\.csv$/i.test(file.path);
  const table = csv
    ? await readMosCsv(asTable(file), {
        stimulus: 'dist_img',
        reference: 'ref_img',
        mos: 'dmos',
        sigma: 'var'
      })
    : await readMosList(asTable(file));
  const rows = table.rows.map((row) => {
    const parts = DISTORTED.exec(baseName(row.stimulus));
    return {
      ...row,
      sigma: csv && row.sigma !== null ? Math.sqrt(row.sigma) : row.sigma,
      distortion: parts ? (DISTORTIONS[Number(parts[2]) - 1] ?? null) : null,
      level: parts ? Number(parts[3]) : null,
      content: parts?.[1] ?? null
    };
  });
  return { ...table, rows };
}
