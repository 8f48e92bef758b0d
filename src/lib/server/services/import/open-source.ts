import type { Scenario } from '#lib/domain/study.ts';
import type { ImageSource, SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import type { TableSource } from '#lib/server/tables/read-table.ts';
import type { ImportOptions } from '../import-dataset.ts';
import { layouts, recogniseLayout, type Recognised } from './layouts/index.ts';
import { asTable, baseName, LAYOUT_IDS, type LayoutId, type PublishedLayout } from './layouts/layout.ts';
import { transformReferences } from './transform-references.ts';
import { mapColumns, readMosCsv, readMosList, type ColumnMapping, type MosTable } from './mos-table.ts';

export type LayoutChoice = 'folder' | LayoutId;
export const LAYOUT_CHOICES: readonly LayoutChoice[] = ['folder', ...LAYOUT_IDS];

export interface OpenOptions {
  scenario: Scenario;
  /** null: whatever published dataset the files look like, else a plain folder. */
  layout: LayoutChoice | null;
  /** The list of human values where the person named one, with what they call it. */
  list: SourceFile | null;
  /** Which columns hold what, where the person said so. */
  columns: ColumnMapping | null;
  /** From which Aug-KADID's transformations are drawn. */
  seed: number;
}

export interface OpenedSource {
  source: ImageSource;
  layout: LayoutChoice;
  recognised: Recognised | null;
  /** What of an import's options follows from the source. */
  options: Pick<
    ImportOptions,
    'mos' | 'mosRange' | 'layout' | 'licence' | 'attribute' | 'source' | 'direction' | 'pairs' | 'made'
  >;
  warnings: string[];
}

/**
 * Finds out what an import has before it: a published dataset in its authors' layout, or a folder with a list.
 * @throws BadInput where the list cannot be used, several could be meant, or the layout has no such scenario.
 */
export async function openSource(source: ImageSource, options: OpenOptions): Promise<OpenedSource> {
  const files = await source.files();
  const recognised = recogniseLayout(files);
  const said = options.list !== null || options.columns !== null;
  const layout = options.layout ?? (recognised !== null && !said ? recognised.layout : 'folder');
  if (layout === 'folder') {
    const mos = await folderList(files, options, source.label);
    return {
      source,
      layout,
      recognised,
      options: { mos, mosRange: null, layout },
      warnings: []
    };
  }
  const published = layouts[layout];
  if (!published.scenarios.includes(options.scenario)) {
    throw new BadInput(`${published.title} is ${published.scenarios.join(' or ')}, not ${options.scenario}`);
  }
  return openPublished(source, files, published, options, recognised);
}

async function openPublished(
  source: ImageSource,
  files: readonly SourceFile[],
  layout: PublishedLayout,
  options: OpenOptions,
  recognised: Recognised | null
): Promise<OpenedSource> {
  const contents = await layout.read(files, options.scenario, options.list);
  const mos =
    options.columns !== null && options.list !== null
      ? await readMosCsv(asTable(options.list), options.columns, { pairs: layout.pairs })
      : contents.mos;
  if (contents.pictures.length === 0) {
    throw new BadInput(`holds no pictures as ${layout.title} names them`, { file: source.label });
  }
  const pictures = new Set(contents.pictures.map((file) => file.path));
  let kept: ImageSource = { ...source, files: async () => files.filter((file) => pictures.has(file.path)) };
  let made: unknown = null;
  if (layout.id === 'aug-kadid') {
    const references = new Set(
      mos.rows.flatMap((row) => (row.reference === null ? [] : [baseName(row.reference)]))
    );
    ({ source: kept, made } = await transformReferences(
      kept,
      (file) => references.has(baseName(file.path)),
      options.seed
    ));
  }
  const warnings = [...contents.warnings];
  // What is missing for the other scenario is nobody's business.
  const missing = (layout.recognise(files)?.missing ?? []).filter(
    (part) => options.scenario === 'full-reference' || !part.includes('which FR needs')
  );
  for (const part of mos.rows.length > 0 ? missing.filter((part) => part.includes('references')) : missing) {
    warnings.push(`${layout.title}: not found: ${part}`);
  }
  return {
    source: kept,
    layout: layout.id,
    recognised,
    options: {
      mos: mos.rows.length === 0 && mos.refused.length === 0 ? null : mos,
      mosRange: layout.range,
      layout: layout.id,
      licence: layout.licence,
      attribute: layout.attribute,
      source: layout.source,
      direction: layout.direction,
      pairs: layout.pairs,
      made
    },
    warnings
  };
}

/** The list that was named, or the only one at the top that reads as one. */
async function folderList(
  files: readonly SourceFile[],
  { list, columns }: OpenOptions,
  label: string
): Promise<MosTable | null> {
  const given = columns ?? {};
  if (list !== null) return readAnyList(list, given);
  const candidates: SourceFile[] = [];
  for (const file of files) {
    if (file.path.includes('/') || !/\.(csv|txt)$/i.test(file.path)) continue;
    if (/\.csv$/i.test(file.path) ? await hasMosColumns(file, given) : /mos/i.test(file.path))
      candidates.push(file);
  }
  if (candidates.length > 1) {
    const names = candidates.map((file) => file.path).join(', ');
    throw new BadInput(`holds several lists (${names}); say which with --mos`, { file: label });
  }
  const only = candidates[0];
  if (only === undefined) {
    if (columns !== null) {
      throw new BadInput('--columns was given, but no list of MOS was found; name it with --mos');
    }
    return null;
  }
  return readAnyList({ ...only, path: `${label}/${only.path}` }, given);
}

/** A CSV, or a list without a header: a .txt whose first line has no comma. */
async function readAnyList(file: SourceFile, given: ColumnMapping): Promise<MosTable> {
  const plain = /\.txt$/i.test(file.path) && !(await firstLine(file)).includes(',');
  const table: TableSource = asTable(file);
  return plain ? readMosList(table) : readMosCsv(table, given);
}

async function firstLine(file: SourceFile): Promise<string> {
  return new TextDecoder().decode(await file.read()).split(/\r\n|\n|\r/, 1)[0] ?? '';
}

async function hasMosColumns(file: SourceFile, given: ColumnMapping): Promise<boolean> {
  const names = (await firstLine(file))
    .replace(/^\ufeff/, '')
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''));
  const mapping = mapColumns(names, given);
  return mapping.stimulus !== undefined && mapping.mos !== undefined && names.includes(mapping.mos);
}
