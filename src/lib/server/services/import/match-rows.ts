import type { Scenario } from '#lib/domain/study.ts';
import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { pairName, type MosRow, type Refusal } from './mos-table.ts';

export interface Match {
  /** What is judged, by the stimulus's name (its path), with its row (null where there are no human values at all). */
  test: Map<string, { file: SourceFile; row: MosRow | null; reference: SourceFile | null }>;
  /** Originals that rows name, each once. */
  references: SourceFile[];
  /** Pictures that no row names. */
  unnamed: SourceFile[];
  refused: Refusal[];
}

export interface MatchOptions {
  /** What messages call the list. */
  label: string;
  pairs?: boolean;
  /** Stimuli whose rows were refused before. */
  refusedNames?: readonly string[];
}

/**
 * Brings rows and pictures together. A row names a picture by its path relative to the folder or, where only one
 * picture has it, by its file name alone (lists are often published without the `images/` in front).
 *
 * With `pairs` each row is a stimulus of its own, named by both pictures (`pairName`): the same picture may be judged in
 * one pair and be what another is compared with.
 */
export function matchRows(
  pictures: readonly SourceFile[],
  rows: readonly MosRow[],
  scenario: Scenario,
  { label, pairs = false, refusedNames = [] }: MatchOptions
): Match {
  const byPath = new Map(pictures.map((file) => [file.path, file]));
  const byName = new Map<string, SourceFile[]>();
  for (const file of pictures) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const list = byName.get(name);
    if (list) list.push(file);
    else byName.set(name, [file]);
  }
  const find = (name: string): { file: SourceFile } | { reason: string } => {
    const exact = byPath.get(name);
    if (exact) return { file: exact };
    const candidates = name.includes('/') ? [] : (byName.get(name) ?? []);
    if (candidates.length === 1) return { file: candidates[0] as SourceFile };
    if (candidates.length > 1) {
      return {
        reason: `${JSON.stringify(name)} could be ${candidates.map((file) => file.path).join(' or ')}`
      };
    }
    return { reason: `there is no picture ${JSON.stringify(name)}` };
  };

  const match: Match = { test: new Map(), references: [], unnamed: [], refused: [] };
  const references = new Set<SourceFile>();
  const rowOf = new Map<string, number>();
  // A copy whose row was refused is no original.
  const copies = new Set<string>();
  const isCopy = (name: string) => {
    const found = find(name);
    if ('file' in found) copies.add(found.file.path);
  };
  for (const name of refusedNames) isCopy(name);
  for (const row of rows) {
    const refuse = (reason: string) => {
      match.refused.push({ file: label, line: row.line, reason });
      isCopy(row.stimulus);
    };
    const found = find(row.stimulus);
    if ('reason' in found) {
      refuse(found.reason);
      continue;
    }
    const before = pairs ? undefined : rowOf.get(found.file.path);
    if (before !== undefined) {
      refuse(`${JSON.stringify(row.stimulus)} is the picture of line ${before} already`);
      continue;
    }
    let reference: SourceFile | null = null;
    if (scenario === 'full-reference') {
      if (row.reference === null) {
        refuse(
          `${JSON.stringify(row.stimulus)} has no reference; a full-reference dataset needs one in each row`
        );
        continue;
      }
      const original = find(row.reference);
      if ('reason' in original) {
        refuse(`the reference: ${original.reason}`);
        continue;
      }
      if (original.file === found.file) {
        refuse(`${JSON.stringify(row.stimulus)} is its own reference`);
        continue;
      }
      reference = original.file;
      references.add(reference);
    }
    rowOf.set(found.file.path, row.line);
    const name = pairs && reference !== null ? pairName(found.file.path, reference.path) : found.file.path;
    match.test.set(name, { file: found.file, row, reference });
  }
  // A picture cannot be an original and a copy at once.
  for (const file of pairs ? [] : references) {
    const made = match.test.get(file.path);
    if (!made) continue;
    match.test.delete(file.path);
    match.refused.push({
      file: label,
      line: made.row?.line ?? null,
      reason: `${JSON.stringify(file.path)} is the reference of other rows and is not judged itself`
    });
  }
  match.references = pictures.filter((file) => references.has(file));
  const noValues = rows.length === 0 && scenario === 'no-reference';
  for (const file of pictures) {
    if (match.test.has(file.path) || references.has(file)) continue;
    if (noValues) match.test.set(file.path, { file, row: null, reference: null });
    else if (scenario === 'full-reference' && copies.has(file.path)) continue;
    else if (!rowOf.has(file.path)) match.unnamed.push(file);
  }
  return match;
}
