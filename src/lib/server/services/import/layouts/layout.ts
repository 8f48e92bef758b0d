import type { Scenario } from '#lib/domain/study.ts';
import type { SourceFile } from '#lib/server/storage/image-source.ts';
import type { MosTable } from '../mos-table.ts';

export const LAYOUT_IDS = ['kadid10k', 'aug-kadid', 'tqd', 'spcd', 'spaq', 'agiqa3k'] as const;
export type LayoutId = (typeof LAYOUT_IDS)[number];

/** A dataset as its authors publish it: what lies where, and what its scores mean. */
export interface PublishedLayout {
  id: LayoutId;
  title: string;
  scenarios: readonly Scenario[];
  /** What its observers judged. */
  attribute: string;
  licence: string;
  /** Whom to cite. */
  source: string;
  /** The ends of its scale; null where the lists in use disagree, so that they are inferred from the values. */
  range: { low: number; high: number } | null;
  /** −1: the score is a difference, lower is closer. */
  direction: 1 | -1;
  /** Every row is a pair of pictures, and a picture may stand in several: see `matchRows`. */
  pairs: boolean;
  /** Whether these files are this layout, and what of it is not there; null for another layout. */
  recognise(files: readonly SourceFile[]): { missing: string[] } | null;
  /**
   * Its human values and the pictures that belong to it.
   * @param given the list to read in place of the one that lies there.
   * @throws BadInput where a list cannot be used at all.
   */
  read(files: readonly SourceFile[], scenario: Scenario, given?: SourceFile | null): Promise<LayoutContents>;
}

export interface LayoutContents {
  mos: MosTable;
  pictures: SourceFile[];
  warnings: string[];
}

export const RESEARCH_USE = 'research use; see the authors’ terms';

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The only file with one of these names, wherever it lies; the shortest path where there are several. */
export function fileNamed(files: readonly SourceFile[], name: RegExp): SourceFile | null {
  const found = files.filter((file) => name.test(file.path));
  return found.sort((a, b) => a.path.length - b.path.length)[0] ?? null;
}

/** A list as the table readers take it. */
export function asTable(file: SourceFile): { label: string; bytes: AsyncIterable<Uint8Array> } {
  return {
    label: file.path,
    bytes: (async function* () {
      yield await file.read();
    })()
  };
}
