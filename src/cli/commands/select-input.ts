import type { Features } from '#lib/domain/selection/difficult.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { numberIn, openTable, quoted, readTable } from '#lib/server/tables/read-table.ts';
import { resolvePath } from '../arguments.ts';

/** One line of the list to select from. */
export interface Row {
  stimulus: string;
  /** Empty where it was not read. */
  reference: string;
  mos: number;
  sigma: number;
  prediction: number | null;
  line: number;
}

/** The list, whole and checked. The reference is read for full-reference selection alone. */
export async function readRows(path: string, isFr: boolean): Promise<Row[]> {
  const source = await openTable(path, resolvePath(path));
  const file = source.label;
  const columns = ['stimulus', 'mos', 'sigma', 'prediction', ...(isFr ? ['reference'] : [])];
  const places = new Map<string, number>();
  const seen = new Map<string, number>();
  const rows: Row[] = [];
  await readTable(
    source,
    columns,
    (header) => columns.forEach((name) => places.set(name, header.indexOf(name))),
    ({ cells, line }) => {
      const cell = (column: string) => cells[places.get(column) as number] as string;
      const number = (column: string) => numberIn(cell(column), { file, line, column });
      const named = (column: string) => {
        const name = cell(column);
        if (name.trim() === '') throw new BadInput(`is empty; a ${column} is needed`, { file, line, column });
        return name;
      };
      const stimulus = named('stimulus');
      const reference = isFr ? named('reference') : '';
      const mos = number('mos');
      const sigma = number('sigma');
      if (sigma < 0) {
        throw new BadInput(`${quoted(cell('sigma'))} is negative; a standard deviation is 0 or more`, {
          file,
          line,
          column: 'sigma'
        });
      }
      const prediction = cell('prediction').trim() === '' ? null : number('prediction');
      // A name stands for one image; under another reference it is judged anew.
      const key = JSON.stringify([reference, stimulus]);
      const before = seen.get(key);
      if (before !== undefined) {
        throw new BadInput(`${quoted(stimulus)} is given already on line ${before}`, {
          file,
          line,
          column: 'stimulus'
        });
      }
      seen.set(key, line);
      rows.push({ stimulus, reference, mos, sigma, prediction, line });
    }
  );
  return rows;
}

/** One feature row per owner, in their order, from a CSV that may hold more. */
export async function featuresFor(
  owners: readonly { name: string; line: number }[],
  featureFile: string | undefined,
  path: string,
  ownerColumn: 'stimulus' | 'reference'
): Promise<Features | null> {
  if (featureFile === undefined) return null;
  const source = await openTable(featureFile, resolvePath(featureFile));
  const file = source.label;
  const places = new Map(owners.map(({ name }, place) => [name, place]));
  const seen = new Map<string, number>();
  let names: string[] = [];
  let nameAt = -1;
  let values = new Float64Array(0);
  await readTable(
    source,
    ['stimulus'],
    (header) => {
      names = header.names;
      nameAt = header.indexOf('stimulus');
      if (names.length < 2)
        throw new BadInput('holds no feature columns beside "stimulus"', { file, line: 1 });
      values = new Float64Array(owners.length * (names.length - 1));
    },
    ({ cells, line }) => {
      const name = cells[nameAt] as string;
      const before = seen.get(name);
      if (before !== undefined) {
        throw new BadInput(`${quoted(name)} is given already on line ${before}`, {
          file,
          line,
          column: 'stimulus'
        });
      }
      seen.set(name, line);
      const place = places.get(name);
      let to = (place ?? 0) * (names.length - 1);
      cells.forEach((cell, i) => {
        if (i === nameAt) return;
        const value = numberIn(cell, { file, line, column: names[i] as string });
        if (place !== undefined) values[to++] = value;
      });
    }
  );
  const without = owners.find(({ name }) => !seen.has(name));
  if (without) {
    throw new BadInput(`${quoted(without.name)} has no features in ${file}`, {
      file: labelOf(path),
      line: without.line,
      column: ownerColumn
    });
  }
  return { dimensions: names.length - 1, values };
}

/** What messages call a file. */
export function labelOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
